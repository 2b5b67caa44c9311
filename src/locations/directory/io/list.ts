import { readdirSync, type Dirent, type Stats } from 'node:fs';
import { isObjectId, type HashedKind } from '../../../repository/names.ts';
import {
  foreignAmong,
  foreignBeside,
  NO_FOREIGN,
  type Foreign,
} from '../../../repository/strays.ts';
import type { PassedOver } from '../directory-table.ts';
import { directoryOf, ROWS } from '../directories.ts';
import { unfit } from './file-problem.ts';
import { traitsAt } from './file-system.ts';
import { ifThere, isNotThere, type OpenPlace } from './open-place.ts';
import type { LockFiles } from '../../location.ts';
import { NO_STAMP, NUMBERS_A_STAMP, stampNumbers } from './stamp.ts';

const ID_BYTES = 32;
/** How often a directory is read whose entries go away while it is read. */
const ATTEMPTS = 10;

/** The identity and times of change of the directories of a kind; NaN for what is not there or is no directory. */
export function stamps(place: OpenPlace, kind: HashedKind): Float64Array {
  const stampOf = stamper(place);
  const all = ROWS[kind].map(directoryOf);
  const numbers = new Float64Array(all.length * NUMBERS_A_STAMP).fill(NaN);
  for (const [i, path] of all.entries()) {
    const found = readOne(place, path);
    if (found !== undefined) numbers.set(stampOf(path, found), i * NUMBERS_A_STAMP);
  }
  return numbers;
}

export interface DirectoryToList {
  readonly path: string;
  /** first digits that ids in it must have */
  readonly prefix: string;
  /** whether to read the size of each file; otherwise names only */
  readonly sizes: boolean;
}

/** Directories as they were found: their ids, sorted and 32 bytes each, in one piece that costs nothing to hand over. */
export interface ListedDirectories {
  /** of each, taken before it was read: see STAMP */
  readonly stamps: Float64Array;
  readonly directories: readonly ListedDirectory[];
  readonly ids: Uint8Array;
  /** NaN where it was not asked for */
  readonly sizes: Float64Array;
}

interface ListedDirectory extends PassedOver {
  /** how many of the ids are in it */
  readonly count: number;
}

export function list(place: OpenPlace, directories: readonly DirectoryToList[]): ListedDirectories {
  const stampOf = stamper(place);
  return inOnePiece(directories.map((one) => listOne({ place, stampOf }, one)));
}

type StampOf = (path: string, stat: Stats) => readonly number[];

/**
 * Makes stamps of directories. A file system is checked once in each call, and not once for all calls, because the number of an
 * unmounted device is given to another one.
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

/** The files beside the directories of objects. A link in place of `data/` is not followed. */
export function beside(place: OpenPlace): Foreign {
  const names = (path: string) => readEntries(place, path).map(({ name }) => name);
  return foreignBeside(names(''), place.isLink('data') ? [] : names('data'));
}

/** A link in place of `locks/` is never followed. */
export function locks(place: OpenPlace): LockFiles {
  const found = place.lstat('locks');
  if (found?.isDirectory() === false) throw unfit(place.fullPath('locks'), 'is not a directory');
  const movesTimes = found !== undefined && traitsAt(place.directory('locks')).movesDirectoryTimes;
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
}

/** Does not spread the times: there may be more lock files than a call takes arguments. */
function reduceTimes(times: readonly number[], pick: typeof Math.min): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => pick(a, b));
}

/** The status of a directory; undefined if it is not there or is no directory. */
function readOne(place: OpenPlace, path: string): Stats | undefined {
  const stat = place.lstat(path);
  return stat?.isDirectory() === true ? stat : undefined;
}

/** The content of one directory. */
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

function inOnePiece(found: readonly Found[]): ListedDirectories {
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
    count,
    ignored,
    foreign,
    refused,
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

/** Separates entries that may be objects (I1) from those that must not be opened, and from those that are not ours. */
function sift(
  entries: readonly Dirent[],
  { path, prefix }: DirectoryToList,
): { names: string[] } & PassedOver {
  const named = entries.filter(({ name }) => name.startsWith(prefix) && isObjectId(name));
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

function packIds(names: readonly string[]): Uint8Array {
  return Buffer.from(names.join(''), 'hex'); // one call for all is several times faster
}

function unknownSizes({ length }: readonly string[]): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** Reads the size of each file, and leaves out files that have vanished since the directory was read. */
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
