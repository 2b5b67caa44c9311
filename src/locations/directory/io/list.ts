import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { isObjectId } from '../../../repository/names.ts';
import { errorCode } from './file-problem.ts';
import type { Args, ListArgs, ListedBefore, ListedDirectory, Result } from './protocol.ts';

const ID_BYTES = 32;

/** A directory's identity and time of change; null when it is not there or is no directory. */
export function stamps({ root, paths }: Args<'stamps'>): Result<'stamps'> {
  return paths.map((path) => stampOf(`${root}/${path}`)?.stamp ?? null);
}

export function list({ root, sizes, directories }: ListArgs): Result<'list'> {
  return directories.map((directory) => listOne(root, directory, sizes));
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
  const known = new KnownSizes(before);
  const ids = Buffer.alloc(names.length * ID_BYTES);
  const sizes = new Float64Array(names.length);
  let count = 0;
  for (const name of names) {
    const size = known.sizeOf(name) ?? (withSizes ? regularSize(`${path}/${name}`) : NaN);
    if (size === undefined) continue; // gone since the directory was read
    ids.write(name, count * ID_BYTES, 'hex');
    sizes[count++] = size;
  }
  return {
    ...stamp,
    ids: new Uint8Array(ids.buffer, ids.byteOffset, count * ID_BYTES),
    sizes: sizes.subarray(0, count),
    ignored,
    refused,
  };
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
  const objects = entries.filter(({ name }) => isObjectId(name) && name.startsWith(prefix));
  return {
    names: objects.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort(),
    refused: objects.flatMap((entry) => (entry.isFile() ? [] : [`${path}/${entry.name}`])),
    ignored: entries.length - objects.length,
  };
}

function regularSize(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Walks the remembered ids beside the sorted names, so that only new names are statted. */
class KnownSizes {
  private readonly ids: Buffer;
  private readonly sizes: Float64Array;
  private at = 0;

  constructor({ ids, sizes }: ListedBefore) {
    this.ids = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
    this.sizes = sizes;
  }

  /** Names must be asked for in ascending order. */
  sizeOf(name: string): number | undefined {
    const wanted = Buffer.from(name, 'hex');
    while (this.at < this.sizes.length && this.compare(wanted) < 0) this.at++;
    if (this.at >= this.sizes.length || this.compare(wanted) !== 0) return undefined;
    const size = this.sizes[this.at];
    return size === undefined || Number.isNaN(size) ? undefined : size;
  }

  private compare(wanted: Buffer): number {
    return this.ids.compare(wanted, 0, ID_BYTES, this.at * ID_BYTES, (this.at + 1) * ID_BYTES);
  }
}
