import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { isObjectId } from '../../../repository/names.ts';
import { errorCode } from './file-problem.ts';
import type { Args, ListArgs, ListedBefore, ListedDirectory, Result } from './protocol.ts';

const ID_DIGITS = 64;
const ID_BYTES = 32;
/** How often a directory is read whose entries go away while it is read. */
const ATTEMPTS = 10;

/** The identity and time of change of directories; '' for what is not there or is no directory. */
export function stamps({ root, paths }: Args<'stamps'>): Result<'stamps'> {
  const isDataLink = isLink(`${root}/data`);
  const stamps = paths.split('\n').map((path) => {
    if (isDataLink && path.startsWith('data/')) return '';
    return stampOf(`${root}/${path}`)?.stamp ?? '';
  });
  return stamps.join('\n');
}

export function list({ root, sizes, directories }: ListArgs): Result<'list'> {
  const isDataLink = isLink(`${root}/data`); // O_NOFOLLOW guards only the last part of a path
  return directories.map((directory) =>
    isDataLink && directory.path.startsWith('data/')
      ? { ...NOT_THERE, refused: directory.prefix === '00' ? ['data'] : [] }
      : listOne(root, directory, sizes),
  );
}

/** Count and oldest mtime of the lock files, by name only where there are none. */
export function locks({ root }: Args<'locks'>): Result<'locks'> {
  const times = readEntries(`${root}/locks`)
    .filter((entry) => isObjectId(entry.name) && entry.isFile())
    .map((entry) => lstatSync(`${root}/locks/${entry.name}`, { throwIfNoEntry: false })?.mtimeMs)
    .filter((time) => time !== undefined);
  return { count: times.length, oldestMs: times.length === 0 ? null : Math.min(...times) };
}

function stampOf(path: string): { stamp: string; mtimeMs: number } | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return undefined;
  const { dev, ino, mtimeMs, ctimeMs } = stat; // fractions of a microsecond: finer than any file system ticks
  return { stamp: `${dev}:${ino}:${mtimeMs}:${ctimeMs}`, mtimeMs };
}

const NOT_THERE: ListedDirectory = {
  stamp: null,
  mtimeMs: 0,
  ids: new Uint8Array(0),
  sizes: new Float64Array(0),
  ignored: 0,
  refused: [],
};

function listOne(root: string, before: ListedBefore, withSizes: boolean): ListedDirectory {
  const path = `${root}/${before.path}`;
  const stamp = stampOf(path); // before it is read: what is added while it is read changes the stamp again
  if (stamp === undefined)
    return isLink(path) ? { ...NOT_THERE, refused: [before.path] } : NOT_THERE;
  const { names, refused, ignored } = sift(readEntries(path), before);
  const found = packIds(names);
  const sizes = isSamePlace(before.stamp, stamp.stamp)
    ? knownSizes(found, before)
    : new Float64Array(names.length).fill(NaN);
  const isGone = withSizes ? fillSizes(sizes, (i) => `${path}/${names[i] ?? ''}`) : [];
  return { ...stamp, ...without(isGone, { ids: found, sizes }), ignored, refused };
}

/** Another directory under the same path, as after a mount, has nothing to do with what is remembered. */
function isSamePlace(before: string | null, now: string): boolean {
  const place = (stamp: string) => stamp.split(':', 2).join(':');
  return before !== null && place(before) === place(now);
}

function readEntries(path: string): Dirent[] {
  for (let attempt = 1; ; attempt++) {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      if (stampOf(path) === undefined) return [];
      // a file system that tells no types: Node looked at each entry, and one went away meanwhile
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** Parts what may be an object (I1) from what must not be opened and from what is none of ours. */
function sift(
  entries: readonly Dirent[],
  { path, prefix }: ListedBefore,
): { names: string[]; refused: string[]; ignored: number } {
  const named = onlyIds(entries.filter(({ name }) => name.startsWith(prefix)));
  const names = named.filter((entry) => entry.isFile()).map(({ name }) => name);
  const refused = named.filter((entry) => !entry.isFile()).map(({ name }) => `${path}/${name}`);
  return { names: names.sort(), refused, ignored: entries.length - named.length };
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
  return new Uint8Array(Buffer.from(names.join(''), 'hex')); // one call for all is several times faster
}

/** Looks at each file whose size is unknown; answers the positions of those that are gone since the directory was read. */
function fillSizes(sizes: Float64Array, pathAt: (position: number) => string): number[] {
  const gone: number[] = [];
  for (let i = 0; i < sizes.length; i++) {
    if (!Number.isNaN(sizes[i])) continue;
    const size = regularSize(pathAt(i));
    if (size === undefined) gone.push(i);
    else sizes[i] = size;
  }
  return gone;
}

function without(
  positions: readonly number[],
  { ids, sizes }: { readonly ids: Uint8Array; readonly sizes: Float64Array },
): { ids: Uint8Array; sizes: Float64Array } {
  if (positions.length === 0) return { ids, sizes };
  const isLeftOut = new Set(positions);
  return {
    ids: ids.filter((_, i) => !isLeftOut.has(Math.floor(i / ID_BYTES))),
    sizes: sizes.filter((_, i) => !isLeftOut.has(i)),
  };
}

function regularSize(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The remembered sizes of what was found, NaN where there is none: walks both sorted lists of ids side by side. */
function knownSizes(found: Uint8Array, before: ListedBefore): Float64Array {
  const known = Buffer.from(before.ids.buffer, before.ids.byteOffset, before.ids.byteLength);
  const sizes = new Float64Array(found.length / ID_BYTES).fill(NaN);
  let at = 0;
  for (let i = 0; i < sizes.length; i++) {
    const compareAt = () =>
      known.compare(found, i * ID_BYTES, (i + 1) * ID_BYTES, at * ID_BYTES, (at + 1) * ID_BYTES);
    let order = at < before.sizes.length ? compareAt() : 1;
    while (order < 0 && ++at < before.sizes.length) order = compareAt();
    if (order === 0 && at < before.sizes.length) sizes[i] = before.sizes[at] ?? NaN;
  }
  return sizes;
}
