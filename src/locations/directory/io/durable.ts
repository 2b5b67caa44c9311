import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { exists } from './files.ts';
import { hashOf, openIfThere } from './hash-file.ts';
import { syncDirectory } from './place.ts';
import { COUNTER, type Args, type Result } from './protocol.ts';

/**
 * Replaces a small file atomically: temporary file beside it, synced, renamed, directory synced. The root itself is never
 * made: it may be the mount point of a disk that went away.
 */
export function write({ root, path, content }: Args<'write'>): Result<'write'> {
  const final = `${root}/${path}`;
  const parent = dirname(final);
  if (parent !== root && !exists(parent)) mkdirSync(parent, { mode: 0o700 });
  const temporary = `${parent}/.${basename(path)}.new`;
  rmSync(temporary, { force: true });
  const mode = path === 'config' ? 0o400 : 0o600;
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    let written = 0;
    while (written < content.length) written += writeSync(fd, content, written);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  const isNew = !exists(final);
  renameSync(temporary, final);
  try {
    syncDirectory(parent);
    if (parent !== root) syncDirectory(root); // the parent may be new
  } catch (error) {
    if (isNew) rmSync(final, { force: true }); // to be written again: a second fsync would prove nothing
    throw error;
  }
  return null;
}

/** SHA-256 of each file; null where it is not there, or is no regular file. */
export function verify({ paths }: Args<'verify'>, counters: BigInt64Array): Result<'verify'> {
  return paths.map((path) => {
    const hash = hashFile(path, counters);
    Atomics.add(counters, COUNTER.objects, 1n);
    return hash;
  });
}

function hashFile(path: string, counters: BigInt64Array): string | null {
  const fd = openIfThere(path);
  if (fd === undefined) return null;
  try {
    return fstatSync(fd).isFile() ? hashOf(fd, counters) : null;
  } finally {
    closeSync(fd);
  }
}
