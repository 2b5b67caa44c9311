import { mkdir } from 'node:fs/promises';
import { EXIT, ExitError } from '../runtime/errors.ts';

/** Makes a directory and what is above it; answers whether anything had to be made. */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hints: Readonly<Record<string, string>> = {
      EEXIST: 'a file is there: move it away, or choose another directory',
      ENOTDIR: 'a file is in the way above it: choose another directory',
      EACCES: 'make it, and give it to the user that runs backup-syncd',
      EROFS: 'that file system is mounted read-only',
    };
    throw new ExitError(EXIT.failed, `cannot make ${path}: ${message}`, hints[code ?? '']);
  }
}
