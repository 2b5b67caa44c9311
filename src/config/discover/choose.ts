import { quoted } from '../../kinds/quoted.ts';
import { NAME_PATTERN, NAME_RULE } from '../../schema/values.ts';
import type { Discovered, DiscoveryFacts, FoundDirectory } from './facts.ts';
import { nameIn, pathBelow, type Glob } from './glob.ts';

/** A repository that was found and is no client, and why. */
export interface Unused {
  readonly directory: string;
  /** with what to do */
  readonly message: string;
}

export interface Choice {
  /** clients, those that were discovered before come first */
  readonly clients: readonly Discovered[];
  readonly unused: readonly Unused[];
}

/** The facts and settings that decide which repositories become clients. */
export interface Chooser {
  readonly glob: Glob;
  readonly max: number;
  readonly facts: DiscoveryFacts;
  /** clients that have a file, valid or not */
  readonly names: ReadonlySet<string>;
  /** the sources of these, as they are written */
  readonly sources: readonly string[];
  /** a file whose source is unknown: any new repository may be that source */
  readonly unclear?: string;
}

/**
 * Decides which repositories become clients. Pure. One that has a file is none of them. One that was discovered before stays a
 * client, even if its directory is gone; a new one never takes its name or its place among `max`. Of new ones, the oldest come
 * first: a flood of new directories displaces only itself, even after the memory of earlier discoveries was lost. While the source of a
 * file is unknown, there are no new ones.
 */
export function chooseDiscovered(chooser: Chooser): Choice {
  const known = knownClients(chooser);
  const judged = findNew(chooser, known).map((each) => judge(chooser, { ...each, known }));
  const unused = judged.flatMap((each) => ('message' in each ? [each] : []));
  const able = judged.flatMap((each) => ('name' in each ? [each] : []));
  const isTwice = repeatedNames(able);
  const twice = able.filter(({ name }) => isTwice.has(name));
  const unique = able.filter(({ name }) => !isTwice.has(name)).sort(byAge);
  const room = Math.max(chooser.max - known.length, 0);
  return {
    clients: [
      ...known,
      ...unique.slice(0, room).map(({ name, directory }) => ({ name, directory })),
    ],
    unused: [
      ...unused,
      ...twice.map((each) => ({ directory: each.directory, message: ambiguous(each) })),
      ...unique
        .slice(room)
        .map((each) => ({ directory: each.directory, message: tooMany(chooser.max, each) })),
    ].sort((a, b) => (a.directory < b.directory ? -1 : 1)),
  };
}

/** Whether two paths are one directory, as far as links are known. */
export function isSamePlace(
  given: Pick<Chooser, 'glob' | 'facts'>,
  [one, other]: readonly [string, string],
): boolean {
  const realOf = realPaths(given);
  return realOf(one) === realOf(other);
}

/** The repository that would make a client again of one that has this source and is removed. */
export function findAgain(
  { glob, facts }: Pick<Chooser, 'glob' | 'facts'>,
  source: string,
): FoundDirectory | undefined {
  return facts.found.find(
    ({ directory, is }) =>
      is === 'repository' &&
      isSamePlace({ glob, facts }, [directory, source]) &&
      NAME_PATTERN.test(nameIn(glob, directory) ?? ''),
  );
}

/** The clients that were discovered before, as far as the glob still names them. */
function knownClients({ glob, max, facts, names, sources }: Chooser): Discovered[] {
  const realOf = realPaths({ glob, facts });
  const own = new Set(sources.map(realOf));
  return facts.remembered
    .filter(
      ({ name, directory }) =>
        NAME_PATTERN.test(name) &&
        nameIn(glob, directory) === name &&
        !names.has(name) &&
        !own.has(realOf(directory)),
    )
    .toSorted(byName)
    .slice(0, max);
}

/** The directories that were found, without the sources of clients and without links to found repositories. */
function findNew(chooser: Chooser, known: readonly Discovered[]): FoundDirectory[] {
  const { found } = chooser.facts;
  const realOf = realPaths(chooser);
  const clients = new Set(
    [...chooser.sources, ...known.map(({ directory }) => directory)].map(realOf),
  );
  const repositories = new Set(
    found.flatMap(({ directory, is }) => (is === 'repository' ? [realOf(directory)] : [])),
  );
  return found.filter(({ directory, target }) => {
    const leadsTo = target ?? directory;
    const isLinkToOther = target !== undefined && repositories.has(realOf(target));
    return !clients.has(realOf(directory)) && !clients.has(realOf(leadsTo)) && !isLinkToOther;
  });
}

/** Resolves links, as far as these are known. */
function realPaths({ glob, facts }: Pick<Chooser, 'glob' | 'facts'>): (path: string) => string {
  const real = new Map(facts.realPaths);
  const root = pathBelow(glob.root, '');
  const realRoot = real.get(glob.root) ?? glob.root;
  return (path) =>
    real.get(path) ?? (path.startsWith(root) ? pathBelow(realRoot, path.slice(root.length)) : path);
}

/** A repository that may become a client. */
interface Able extends Discovered {
  readonly changedAt: number;
}

function judge(
  { glob, names, unclear }: Chooser,
  each: FoundDirectory & { readonly known: readonly Discovered[] },
): Able | Unused {
  const { directory, is, target, known, changedAt = Infinity } = each;
  if (is === 'link') return { directory, message: linked(target ?? directory) };
  if (is === 'denied') return { directory, message: DENIED };
  if (unclear !== undefined) return { directory, message: maybeOf(unclear) };
  const name = nameIn(glob, directory);
  if (name === undefined) return { directory, message: unnamed(glob, directory) };
  if (!NAME_PATTERN.test(name)) return { directory, message: misnamed(name, directory) };
  if (names.has(name)) return { directory, message: takenByFile(name, directory) };
  const other = known.find((client) => client.name === name);
  if (other !== undefined) return { directory, message: taken(other, directory) };
  return { name, directory, changedAt };
}

function repeatedNames(clients: readonly Discovered[]): Set<string> {
  const seen = new Set<string>();
  return new Set(clients.flatMap(({ name }) => (seen.size === seen.add(name).size ? [name] : [])));
}

function byAge(a: Able, b: Able): number {
  return a.changedAt === b.changedAt ? byName(a, b) : a.changedAt - b.changedAt;
}

function byName(a: Discovered, b: Discovered): number {
  return a.name < b.name ? -1 : 1;
}

const DENIED =
  'may not be read, so it is unknown whether it is a repository; let the user of the daemon read it';

function maybeOf(file: string): string {
  return `it may be the source of ${file}, which names no valid source; correct that file first`;
}

/** How a person makes a client of a repository. */
function howToAdd(directory: string, name = 'NAME'): string {
  return `backup-syncd client add ${name} --source ${quoted(directory)}`;
}

function unnamed({ text }: Glob, directory: string): string {
  return `${text} does not match it; to use it, run: ${howToAdd(directory)}`;
}

function linked(target: string): string {
  return `is a symbolic link, which discovery does not follow; to use what it leads to, run: ${howToAdd(target)}`;
}

function misnamed(name: string, directory: string): string {
  return `"${name}" cannot be the name of a client: ${NAME_RULE}; to use it under another name, run: ${howToAdd(directory)}`;
}

function takenByFile(name: string, directory: string): string {
  return `clients/${name}.yaml is about another source; to use it under another name, run: ${howToAdd(directory)}`;
}

function taken({ name, directory: other }: Discovered, directory: string): string {
  return `client ${name} is ${other} already; to use it under another name, run: ${howToAdd(directory)}`;
}

function ambiguous({ name, directory }: Discovered): string {
  return `another new repository would be client ${name}, too; to use it under another name, run: ${howToAdd(directory)}`;
}

function tooMany(max: number, { name, directory }: Discovered): string {
  return `at most ${max} clients are discovered; increase discover.max, or run: ${howToAdd(directory, name)}`;
}
