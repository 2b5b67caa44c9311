import type { CatalogueEntry } from '../repository/catalogue.ts';
import { HASHED_KINDS, objectPath, type HashedKind, type ObjectName } from '../repository/names.ts';
import { countObjects, setOf, type Objects } from '../repository/objects.ts';
import { agree, grouped, plural } from '../runtime/plural.ts';

/** The ids of the smallest objects, by kind. Pure. */
export function smallestOf(objects: Objects, most: number): ReadonlyMap<HashedKind, string[]> {
  const least = HASHED_KINDS.flatMap((kind) =>
    firstBySize(setOf(objects, kind).entries(), most).map(({ id, size }) => ({ kind, id, size })),
  );
  const chosen = new Map<HashedKind, string[]>();
  for (const { kind, id } of firstBySize(least, most))
    chosen.set(kind, [...(chosen.get(kind) ?? []), id]);
  return chosen;
}

/** Keeps only the given number, however many there are. */
function firstBySize<T extends CatalogueEntry>(entries: Iterable<T>, most: number): T[] {
  let first: T[] = [];
  for (const entry of entries) {
    const last = first[most - 1];
    if (last !== undefined && sizeOf(entry) >= sizeOf(last)) continue;
    first = [...first, entry].sort((a, b) => sizeOf(a) - sizeOf(b)).slice(0, most);
  }
  return first;
}

function sizeOf({ size = 0 }: CatalogueEntry): number {
  return size;
}

interface Change {
  readonly before: Objects;
  readonly now: Objects;
  /** false: they cannot be read */
  readonly isRead?: boolean;
}

/**
 * Describes objects that were overwritten. Pure.
 *
 * @param wrong some of them, as an example
 */
export function describeChange(
  [first]: readonly ObjectName[],
  { before, now, isRead = true }: Change,
): string {
  const count = countObjects(now);
  const what = `${plural(count, 'file')} of the source ${agree(count, 'was', 'were')} overwritten`;
  if (first === undefined) return what;
  const { kind, id } = first;
  const [was = 0, is = 0] = [setOf(before, kind).sizeOf(id), setOf(now, kind).sizeOf(id)];
  const some = count === 1 ? '' : ', for example';
  return `${what}${some}: ${objectPath(kind, id)} has ${plural(is, 'byte')} instead of ${grouped(was)}, and ${isRead ? 'does not match its name' : 'cannot be read'}`;
}
