import type { GivenKeys } from '../schema/keys.ts';
import type { Kind } from './kind.ts';

/** The role that a place is configured for. */
type RoleName = 'source' | 'backend' | 'verified';

/** The keys that the kinds bring to a map of the configuration: first those that name a kind. */
export function keysOfRole(kinds: readonly Kind[], role: RoleName): object {
  const names = new Set(kinds.map(({ name }) => name));
  const all = kinds.flatMap((kind) => Object.entries(kind[role]?.keys(kinds) ?? {}));
  const sorted = [
    ...all.filter(([key]) => names.has(key)),
    ...all.filter(([key]) => !names.has(key)),
  ];
  return Object.fromEntries(sorted);
}

/** The kind of the place that was written in a map. */
export function kindOfGiven(
  given: object,
  kinds: readonly Kind[],
  role: RoleName,
): Kind | undefined {
  return kinds.find((kind) => kind[role] !== undefined && Object.hasOwn(given, kind.name));
}

/** The keys that belong only to kinds of places that this map is not. */
export function keysOfOthers(given: object, kinds: readonly Kind[], role: RoleName): Set<string> {
  const keys = (kind: Kind | undefined) => Object.keys(kind?.[role]?.keys(kinds) ?? {});
  const kind = kindOfGiven(given, kinds, role);
  const own = new Set(keys(kind));
  const others = kinds.filter((each) => each !== kind).flatMap(keys);
  return new Set(others.filter((key) => !own.has(key)));
}

interface KindRules {
  readonly role: RoleName;
  /** why there must not be two kinds, and what to do */
  readonly one: string;
  /** what to say when there is none, from examples of the other kinds; absent: another file may have it */
  readonly missing?: (others: string) => string;
  /** what to say of a key that belongs to another kind */
  readonly foreign: (owner: string, key: string, kind: Kind | undefined) => string;
}

/** Checks that a map has exactly one kind of place, and no keys of another. */
export function checkKinds(keys: GivenKeys, kinds: readonly Kind[], rules: KindRules): void {
  const { has, addProblem } = keys;
  const { role, one, missing } = rules;
  const able = kinds.filter((kind) => kind[role] !== undefined);
  const [kind, ...more] = able.filter(({ name }) => has(name));
  for (const { name } of more)
    addProblem(name, `cannot be combined with ${kind?.name ?? ''}; ${one}`);
  if (kind === undefined && missing === undefined) return;
  const [first, ...others] = able;
  if (kind === undefined && first !== undefined)
    addProblem(first.name, missing?.(others.map(({ example }) => example).join(' or ')) ?? '');
  for (const owner of able.filter(({ name }) => !has(name)))
    for (const key of keysBeside(owner, kinds, role).filter(has))
      addProblem(key, rules.foreign(owner.name, key, kind));
}

/** The keys that belong to a kind, beside the one that names it. */
function keysBeside(owner: Kind, kinds: readonly Kind[], role: RoleName): string[] {
  return Object.keys(owner[role]?.keys(kinds) ?? {}).filter((key) => key !== owner.name);
}
