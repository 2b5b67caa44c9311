import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { isObjectId } from '../../../repository/names.ts';
import { errorCode } from './file-problem.ts';
import type { Args, ListArgs, ListedBefore, ListedDirectory, Result } from './protocol.ts';

const ID_DIGITS = 64;

/** A directory's identity and time of change; null when it is not there or is no directory. */
export function stamps({ root, paths }: Args<'stamps'>): Result<'stamps'> {
  const isDataLink = isLink(`${root}/data`);
  return paths.map((path) => {
    if (isDataLink && path.startsWith('data/')) return null;
    return stampOf(`${root}/${path}`)?.stamp ?? null;
  });
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
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return undefined;
  const stamp = `${stat.dev}:${stat.ino}:${stat.mtimeNs}:${stat.ctimeNs}`;
  return { stamp, mtimeMs: Number(stat.mtimeMs) };
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
  const sizeOf = isSamePlace(before.stamp, stamp.stamp) ? knownSizes(before) : () => undefined;
  const sizes = new Float64Array(names.length);
  let count = 0;
  const present = names.filter((name) => {
    const size = sizeOf(name) ?? (withSizes ? regularSize(`${path}/${name}`) : NaN);
    if (size === undefined) return false; // gone since the directory was read
    sizes[count++] = size;
    return true;
  });
  return {
    ...stamp,
    ids: new Uint8Array(Buffer.from(present.join(''), 'hex')), // one call for all is several times faster
    sizes: sizes.subarray(0, count),
    ignored,
    refused,
  };
}

/** Another directory under the same path, as after a mount, has nothing to do with what is remembered. */
function isSamePlace(before: string | null, now: string): boolean {
  const place = (stamp: string) => stamp.split(':', 2).join(':');
  return before !== null && place(before) === place(now);
}

function readEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Parts what may be an object (I1) from what must not be opened and from what is none of ours. */
function sift(
  entries: readonly Dirent[],
  { path, prefix }: ListedBefore,
): { names: string[]; refused: string[]; ignored: number } {
  const names: string[] = [];
  const refused: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (!isObjectId(name) || !name.startsWith(prefix)) continue;
    if (entry.isFile()) names.push(name);
    else refused.push(`${path}/${name}`);
  }
  return { names: names.sort(), refused, ignored: entries.length - names.length - refused.length };
}

function regularSize(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/**
 * Walks the remembered ids beside the sorted names, so that only new names are statted. What it answers must be asked
 * in ascending order.
 */
function knownSizes({ ids, sizes }: ListedBefore): (name: string) => number | undefined {
  const known = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength).toString('hex');
  const idAt = (index: number) => known.slice(index * ID_DIGITS, (index + 1) * ID_DIGITS);
  let at = 0;
  return (name) => {
    while (at < sizes.length && idAt(at) < name) at++;
    if (at >= sizes.length || idAt(at) !== name) return undefined;
    const size = sizes[at];
    return size === undefined || Number.isNaN(size) ? undefined : size;
  };
}
