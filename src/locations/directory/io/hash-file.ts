import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import { READ_FLAGS } from './files.ts';
import { ifThere, type OpenPlace } from './open-place.ts';
import { countBytes } from '../../../threads/progress.ts';

/** Opens a file; undefined where there is nothing to read: no file, a link, or a link above it. */
export function openIfThere(place: OpenPlace, path: string): number | undefined {
  try {
    return ifThere(() => openSync(place.at(path), READ_FLAGS));
  } catch (error) {
    if (errorCode(error) === 'ENXIO') return undefined;
    throw error;
  }
}

/**
 * SHA-256 of an open file. If the file has grown in the meantime, it covers a little more than its `size` in bytes, and is
 * therefore wrong.
 */
export function hashOf(fd: number, size: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(256 * 1024);
  let total = 0;
  for (let n = readSync(fd, chunk); n > 0 && total <= size; n = readSync(fd, chunk)) {
    hash.update(chunk.subarray(0, n));
    total += n;
    countBytes(n);
  }
  return hash.digest('hex');
}

/** SHA-256 of a file; undefined where it is not there, or is no regular file. */
export function hashFile(place: OpenPlace, path: string): string | undefined {
  const fd = openIfThere(place, path);
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    return found.isFile() ? hashOf(fd, found.size) : undefined;
  } finally {
    closeSync(fd);
  }
}
