import { mkdir } from 'node:fs/promises';
import { errorCode, errorMessage, limitHint } from '../runtime/system-error.ts';
import { syncAbove } from '../runtime/durable.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';

/** Makes a directory and what is above it, durably; answers whether anything had to be made. */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    await syncAbove(path); // also if it was there: an earlier attempt may have ended halfway
    return first !== undefined;
  } catch (error) {
    const code = errorCode(error);
    const hints: Readonly<Record<string, string>> = {
      EEXIST: 'a file is there: move it away, or choose another directory',
      ENOTDIR: 'a file is in the way above it: choose another directory',
      EACCES: 'make it, and give it to the user that runs backup-syncd',
      EPERM: 'that file system does not allow it: is it mounted for another user, or immutable?',
      EROFS: 'that file system is mounted read-only',
      ENOSPC: 'free space there',
      EDQUOT: "the user's quota there is used up: raise it, or free space",
      ENAMETOOLONG: 'the path is too long: choose another directory',
      ELOOP: 'a symbolic link there leads in a circle: choose another directory',
    };
    const hint = hints[code] ?? limitHint(code) ?? 'look at the file system there';
    throw new ExitError(EXIT.failed, `cannot make ${path}: ${errorMessage(error)}`, hint);
  }
}
