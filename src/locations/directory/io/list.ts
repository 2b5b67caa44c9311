import { readdirSync, type Dirent, type Stats } from 'node:fs';
import { isObjectId } from '../../../repository/names.ts';
import { foreignAmong, NO_FOREIGN } from '../../../repository/strays.ts';
import type { PassedOver } from '../directory-table.ts';
import { directoryOf, ROWS } from '../directories.ts';
import { unfit } from './file-problem.ts';
import { traitsAt } from './file-system.ts';
import { ifThere, isNotThere, within, type OpenPlace } from './open-place.ts';
import type { Args, DirectoryToList, ListArgs, ListedDirectory, Result } from './protocol.ts';
import { NO_STAMP, NUMBERS_A_STAMP, stampNumbers } from './stamp.ts';

const ID_DIGITS = 64;
const ID_BYTES = 32;
/** How often a directory is read whose entries go away while it is read. */
const ATTEMPTS = 10;

/** The identity and times of change of directories; NaN for what is not there or is no directory. */
export function stamps({ root, kind }: Args<'stamps'>): Result<'stamps'> {
  const all = ROWS[kind].map(directoryOf);
  const numbers = new Float64Array(all.length * NUMBERS_A_STAMP).fill(NaN);
  within(root, (place) => {
    const stampOf = stamper(place);
    for (const [i, path] of all.entries()) {
      const found = readOne(place, path);
      if (found !== undefined) numbers.set(stampOf(path, found), i * NUMBERS_A_STAMP);
    }
  });
  return numbers;
}

export function list({ root, directories }: ListArgs): Result<'list'> {
  return within(root, (place) => {
    const stampOf = stamper(place);
    return inOnePiece(directories.map((one) => listOne({ place, stampOf }, one)));
  });
}

type StampOf = (path: string, stat: Stats) => readonly number[];

/**
 * Makes stamps of directories. A file system is asked once in a call what it can be trusted with, not once for all calls: the
 * number of a device that is unmounted is given to another one.
 */
function stamper(place: OpenPlace): StampOf {
  const known = new Map<number, boolean>();
  return (path, stat) => {
    const movesTimes =
      known.get(stat.dev) ??
      ifThere(() => traitsAt(place.directory(path)).movesDirectoryTimes) === true;
    known.set(stat.dev, movesTimes);
    return stampNumbers(stat, movesTimes);
  };
}

/** A link in place of `locks/` is never followed. */
export function locks({ root }: Args<'locks'>): Result<'locks'> {
  return within(root, (place) => {
    const found = place.lstat('locks');
    if (found?.isDirectory() === false) throw unfit(place.fullPath('locks'), 'is not a directory');
    const movesTimes =
      found !== undefined && traitsAt(place.directory('locks')).movesDirectoryTimes;
    const changedAt = movesTimes ? found.mtimeMs : undefined; // before it is read
    const times = readEntries(place, 'locks')
      .filter((entry) => isObjectId(entry.name) && entry.isFile())
      .map((entry) => place.lstat(`locks/${entry.name}`)?.mtimeMs)
      .filter((time) => time !== undefined);
    return {
      count: times.length,
      oldestAt: reduceTimes(times, Math.min),
      newestAt: reduceTimes(times, Math.max),
      changedAt,
    };
  });
}

/** Not by spreading: there may be more lock files than a call takes arguments. */
function reduceTimes(times: readonly number[], pick: typeof Math.min): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => pick(a, b));
}

/** Undefined for what is not there or is no directory. */
function readOne(place: OpenPlace, path: string): Stats | undefined {
  const stat = place.lstat(path);
  return stat?.isDirectory() === true ? stat : undefined;
}

/** What one directory holds. */
interface Found extends Omit<ListedDirectory, 'count'> {
  /** taken before it was read */
  readonly stamp: readonly number[];
  readonly ids: Uint8Array;
  readonly sizes: Float64Array;
}

const NOTHING: Found = {
  stamp: NO_STAMP,
  ids: new Uint8Array(0),
  sizes: new Float64Array(0),
  ignored: 0,
  foreign: NO_FOREIGN,
  refused: [],
};

function listOne(
  { place, stampOf }: { readonly place: OpenPlace; readonly stampOf: StampOf },
  directory: DirectoryToList,
): Found {
  const { path } = directory;
  const stat = place.directoryStat(path); // before it is read: what is added while it is read changes the stamp again
  if (stat === undefined) return { ...NOTHING, refused: linkOf(place, directory) };
  const { names, ...passedOver } = sift(readEntries(place, path), directory);
  const there = directory.sizes
    ? withSizes(names, place, path)
    : { names, sizes: unknownSizes(names) };
  const stamp = stampOf(path, stat);
  return { stamp, ...passedOver, ids: packIds(there.names), sizes: there.sizes };
}

/** The link that stands for the directory, or for `data`, which is named once for all that should be below it. */
function linkOf(place: OpenPlace, { path, prefix }: DirectoryToList): string[] {
  if (place.isLink(path)) return [path];
  return prefix === '00' && place.isLink('data') ? ['data'] : [];
}

function inOnePiece(found: readonly Found[]): Result<'list'> {
  const count = found.reduce((sum, { sizes }) => sum + sizes.length, 0);
  const [ids, sizes] = [new Uint8Array(count * ID_BYTES), new Float64Array(count)];
  let at = 0;
  for (const { ids: ownIds, sizes: ownSizes } of found) {
    ids.set(ownIds, at * ID_BYTES);
    sizes.set(ownSizes, at);
    at += ownSizes.length;
  }
  const stamps = Float64Array.from(found.flatMap(({ stamp }) => stamp));
  const directories = found.map(({ sizes: { length: count }, ignored, foreign, refused }) => ({
    ...{ count, ignored, foreign, refused },
  }));
  return { stamps, directories, ids, sizes };
}

function readEntries(place: OpenPlace, path: string): Dirent[] {
  for (let attempt = 1; ; attempt++) {
    try {
      return readdirSync(place.directory(path), { withFileTypes: true });
    } catch (error) {
      if (!isNotThere(error)) throw error;
      if (readOne(place, path) === undefined) return [];
      // a file system without entry types: Node checked each entry, and one vanished in the meantime
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** Parts what may be an object (I1) from what must not be opened and from what is none of ours. */
function sift(
  entries: readonly Dirent[],
  { path, prefix }: DirectoryToList,
): { names: string[] } & PassedOver {
  const named = onlyIds(entries.filter(({ name }) => name.startsWith(prefix)));
  const names = named.filter((entry) => entry.isFile()).map(({ name }) => name);
  const refused = named.filter((entry) => !entry.isFile()).map(({ name }) => `${path}/${name}`);
  const ignored = entries.length - named.length;
  const foreign = ignored === 0 ? NO_FOREIGN : foreignAmong(path, othersOf(entries, named));
  return { names: names.sort(), refused, ignored, foreign };
}

function othersOf(entries: readonly Dirent[], named: readonly Dirent[]): string[] {
  const objects = new Set(named);
  return entries.filter((entry) => !objects.has(entry)).map(({ name }) => name);
}

/** One look at all names together is several times faster than one at each; almost always all are ids. */
function onlyIds(entries: readonly Dirent[]): readonly Dirent[] {
  const all = entries.map(({ name }) => name).join('');
  const isEachAnId =
    entries.every(({ name }) => name.length === ID_DIGITS) &&
    Buffer.from(all, 'hex').toString('hex') === all;
  return isEachAnId ? entries : entries.filter(({ name }) => isObjectId(name));
}

function packIds(names: readonly string[]): Uint8Array {
  return Buffer.from(names.join(''), 'hex'); // one call for all is several times faster
}

function unknownSizes({ length }: readonly string[]): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** Looks at each file; leaves out those that are gone since the directory was read. */

function withSizes(
  names: readonly string[],
  place: OpenPlace,
  path: string,
): { names: readonly string[]; sizes: Float64Array } {
  const attempts = names.map((name) => ({ name, size: regularSize(place, `${path}/${name}`) }));
  const there = attempts.filter(({ size }) => size !== undefined);
  return {
    names: there.map(({ name }) => name),
    sizes: Float64Array.from(there, ({ size = NaN }) => size),
  };
}

function regularSize(place: OpenPlace, path: string): number | undefined {
  const stat = place.lstat(path);
  return stat?.isFile() === true ? stat.size : undefined;
}
