import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../runtime/abort.ts';
import { errorCode } from '../../runtime/system-error.ts';
import type { Restored } from './verdict.ts';

/** Flags of open(2) that follow no link and never wait. */
const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK = 1024 * 1024;

/**
 * Inspects what was restored to a path below a directory. Never follows a link, not even in the middle of the path. Hashes it only
 * on request, because that reads the whole file.
 *
 * @param root without links in its own path
 */
export async function inspectRestored(
  root: string,
  path: string,
  { isHashed, signal }: { readonly isHashed: boolean; readonly signal: AbortSignal },
): Promise<Restored> {
  throwIfAborted(signal);
  const at = join(root, path);
  try {
    if ((await realpath(dirname(at))) !== dirname(at)) return { found: 'not_a_file' };
    const info = await lstat(at);
    if (!info.isFile()) return { found: 'not_a_file' };
    if (!isHashed) return { found: 'file', size: info.size };
    if ((info.mode & 0o400) === 0) await chmod(at, 0o600); // a file of our own, which was not meant to be read
    return await hashFile(at, signal);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return { found: 'missing' };
    if (errorCode(error) === 'ELOOP') return { found: 'not_a_file' };
    throw error;
  }
}

async function hashFile(at: string, signal: AbortSignal): Promise<Restored> {
  const file = await open(at, SAFELY);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK);
    let size = 0;
    for (;;) {
      throwIfAborted(signal);
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return { found: 'file', size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
