import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { hashFile } from './hash-file.ts';
import { parentOf, type OpenPlace } from './open-place.ts';
import { syncDirectory } from './place.ts';
import { countObject } from '../../../threads/progress.ts';
import { systemClock } from '../../../runtime/clock.ts';

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Replaces a small file atomically: temporary file beside it, synced, renamed, directory synced. The root itself is never
 * made: it may be the mount point of a disk that went away.
 */
export function write(place: OpenPlace, path: string, content: Uint8Array): void {
  const parent = parentOf(path);
  if (parent !== '' && place.lstat(parent) === undefined)
    mkdirSync(place.at(parent), { mode: 0o700 });
  const isNew = place.lstat(path) === undefined;
  replaceFile(place, path, content);
  try {
    syncDirectory(place, parent);
    if (parent !== '') syncDirectory(place, ''); // the parent may be new
  } catch (error) {
    if (isNew) place.removeFile(path); // to be written again: a second fsync would prove nothing
    throw error;
  }
}

/**
 * Gives a path a new file with this content. What was there is never written to: it may have another name, outside the place.
 * The content is durable, the name not yet.
 */
export function replaceFile(place: OpenPlace, path: string, content: Uint8Array): void {
  removeAbandoned(place, path);
  const temporary = besides(path, `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
  const fd = openSync(place.at(temporary), WRITE_FLAGS, path === 'config' ? 0o400 : 0o600);
  try {
    try {
      for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(place.at(temporary), place.at(path));
  } catch (error) {
    place.removeFile(temporary); // or each retry on a full disk would leave one
    throw error;
  }
}

/** The age from which a temporary file counts as abandoned, in milliseconds. */
const ABANDONED_MS = 3_600_000;

/** Removes what killed processes left. A younger file may belong to another process that is writing the same path. */
function removeAbandoned(place: OpenPlace, path: string): void {
  const [start, end] = [`.${basename(path)}.`, '.new'];
  for (const name of readdirSync(place.directory(parentOf(path)))) {
    const id = name.startsWith(start) && name.endsWith(end) ? name.slice(start.length, -4) : '';
    if (!/^[0-9a-f]{12}$/.test(id)) continue;
    const now = systemClock.now();
    const { mtimeMs = now } = place.lstat(besides(path, name)) ?? {};
    if (now - mtimeMs > ABANDONED_MS) place.removeFile(besides(path, name));
  }
}

/** The path of another file in the same directory. */
function besides(path: string, name: string): string {
  const parent = parentOf(path);
  return parent === '' ? name : `${parent}/${name}`;
}

/** SHA-256 of each file; undefined where it is not there, or is no regular file. */
export function verify(place: OpenPlace, paths: readonly string[]): (string | undefined)[] {
  return paths.map((path) => {
    const hash = hashFile(place, path);
    countObject();
    return hash;
  });
}
