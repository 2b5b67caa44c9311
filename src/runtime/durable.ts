import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './system-error.ts';

/** The errors of file systems that cannot fsync directories: some FUSE and SMB. */
const CANNOT_SYNC: ReadonlySet<string> = new Set([
  'EINVAL',
  'EBADF',
  'ENOTSUP',
  'ENOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EPERM',
]);

/**
 * Makes the names in a directory durable; false where the file system cannot.
 *
 * @throws the error of open(2) or fsync(2)
 */
export function syncDirectory(path: string): boolean {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
    return true;
  } catch (error) {
    if (CANNOT_SYNC.has(errorCode(error))) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes the name of a directory durable, and those of all directories above it: any of them may be new. One that we may enter
 * but not read is not one that we created.
 *
 * @param path an absolute one
 * @throws the error of open(2) or fsync(2)
 */
export function syncAbove(path: string): void {
  const parent = dirname(path);
  try {
    syncDirectory(parent);
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
  }
  if (parent !== dirname(parent)) syncAbove(parent);
}
