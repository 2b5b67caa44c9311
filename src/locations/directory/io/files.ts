import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import { unfit } from './file-problem.ts';
import { ifThere, parentOf, type OpenPlace } from './open-place.ts';
import { syncDirectory } from './place.ts';
import type { Inspection, Space } from '../../location.ts';

/** Never follows a link, never waits for a FIFO's other end. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const APPEND_FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;

const TEMPORARY = '.backup-syncd/tmp';
/** Temporary files and stages; whatever else lies beside them is not ours to remove (I6). */
const OUR_TEMPORARY = /^[0-9a-f]{12}(?:-\d+)?$/;

export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** The size and times of each regular file; undefined for anything else. */
export function stat(place: OpenPlace, paths: readonly string[]): (FileStat | undefined)[] {
  return paths.map((path) => {
    const found = place.lstat(path);
    if (found?.isFile() !== true) return undefined;
    const { size, mtimeMs, ctimeMs } = found;
    return { size, mtimeMs, ctimeMs };
  });
}

/** Inspects the root. A link as the root is the operator's choice and is followed; no link below it is. */
export function inspect(place: OpenPlace): Inspection {
  const found = statSync(place.root, { throwIfNoEntry: false });
  if (found === undefined) return { root: 'missing', entries: [], erasureFormat: false };
  if (!found.isDirectory()) return { root: 'not_a_directory', entries: [], erasureFormat: false };
  const entries = readdirSync(place.directory('')).sort().slice(0, 100);
  return { root: 'directory', entries, erasureFormat: isErasureFormat(place) };
}

/** MinIO's erasure format keeps an object as a directory of its name that holds `xl.meta`. */
function isErasureFormat(place: OpenPlace): boolean {
  if (place.lstat('config/xl.meta') !== undefined) return true;
  return ['keys', 'snapshots', 'index'].some((kind) => {
    const [first] = directoriesIn(place, kind);
    return first !== undefined && place.lstat(`${kind}/${first}/xl.meta`) !== undefined;
  });
}

function directoriesIn(place: OpenPlace, path: string): string[] {
  const entries = ifThere(() => readdirSync(place.directory(path), { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

export function read(place: OpenPlace, path: string, maxBytes: number): Uint8Array | undefined {
  const fd = openToRead(place, path);
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw notRegular(place, path);
    const content = readAtMost(fd, { maxBytes, expected: found.size });
    if (content === undefined) throw unfit(place.fullPath(path), `has more than ${maxBytes} bytes`);
    return content;
  } finally {
    closeSync(fd);
  }
}

function openToRead(place: OpenPlace, path: string): number | undefined {
  try {
    return openSync(place.at(path), READ_FLAGS);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'ENXIO' ? notRegular(place, path) : error;
  }
}

/** The size of the first read: a little more than expected, to see that no more follows. */
const LEAST_CHUNK = 512;
const MOST_CHUNK = 64 * 1024;

/** All of a file, whatever size it claims to have; undefined when it has more bytes. */
function readAtMost(
  fd: number,
  { maxBytes, expected }: { readonly maxBytes: number; readonly expected: number },
): Buffer | undefined {
  const chunks: Buffer[] = [];
  const size = Math.min(MOST_CHUNK, LEAST_CHUNK + expected);
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(size);
    const count = readSync(fd, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > maxBytes) return undefined;
  }
}

function notRegular(place: OpenPlace, path: string): Error {
  return unfit(place.fullPath(path), 'is not a regular file');
}

/** Removes files and links; what is not there is no error. */
export function remove(place: OpenPlace, paths: readonly string[]): void {
  for (const path of paths) place.removeFile(path);
}

/** Makes room for temporary files, or removes those of an earlier pass. */
export function sweep(place: OpenPlace): void {
  const names =
    withDirectory(place, TEMPORARY, () => readdirSync(place.directory(TEMPORARY))) ?? [];
  for (const name of names.filter((candidate) => OUR_TEMPORARY.test(candidate)))
    place.removeTree(`${TEMPORARY}/${name}`);
}

/** Runs an action, and creates its directory if it is missing, but no parents: without a marker there is no place to write to. */
function withDirectory<T>(place: OpenPlace, path: string, use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    mkdirSync(place.at(path), { mode: 0o700 });
    return undefined;
  }
}

export function space({ root }: OpenPlace): Space {
  const { bavail, blocks, bsize } = statfsSync(root);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Whether the group may read a file; false where it is not there. */
export function groupReadable(place: OpenPlace, path: string): boolean {
  return ((place.lstat(path)?.mode ?? 0) & 0o040) !== 0;
}

/** Appends to our own file durably. A file with a second name may belong to someone else. */
export function append(place: OpenPlace, path: string, text: string): void {
  const fd = openSync(place.at(path), APPEND_FLAGS, 0o600);
  try {
    const found = fstatSync(fd);
    if (!found.isFile() || found.nlink > 1) throw notRegular(place, path);
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncDirectory(place, parentOf(path));
}
