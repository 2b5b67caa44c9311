import { open } from 'node:fs/promises';
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

/** Whether an error of fsync says that this file system cannot sync a directory, and not that it failed to. */
export function isUnsyncable(error: unknown): boolean {
  return CANNOT_SYNC.has(errorCode(error));
}

/**
 * Makes the names in a directory durable, if the file system can.
 *
 * @throws the error of open(2) or fsync(2)
 */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!isUnsyncable(error)) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Makes the name of a directory durable, and those of all directories above it: any of them may be new.
 *
 * @param path an absolute one
 * @throws the error of open(2) or fsync(2)
 */
export async function syncAbove(path: string): Promise<void> {
  const parent = dirname(path);
  await syncDirectory(parent).catch(rejectUnlessUnreadable);
  if (parent !== dirname(parent)) await syncAbove(parent);
}

/** A directory that we may enter but not read is not one that we created. */
function rejectUnlessUnreadable(error: unknown): void {
  if (errorCode(error) !== 'EACCES') throw error;
}
