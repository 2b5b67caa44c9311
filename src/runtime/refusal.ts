import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './system-error.ts';
import { ownerOf } from './users.ts';

/** What a process may not do with a file or a directory. */
export interface Refusal {
  readonly path: string;
  /** `x`: pass through a directory */
  readonly lacks: 'r' | 'w' | 'x';
  /** to whom it belongs; undefined where that cannot be seen */
  readonly owner?: number | undefined;
}

/** Each is tried, as access(2) judges by the real user and without capabilities; but nothing is written to find out. */
const TRIALS: Readonly<Record<Refusal['lacks'], (path: string) => void>> = {
  r: (path) => closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)),
  w: (path) => accessSync(path, constants.W_OK),
  x: (path) => void statSync(`${path}/.`),
};

/**
 * The first directory on the way to a path, or the path itself, that refuses this process; undefined when nothing does, or when
 * something else than a permission is in the way. Asks the system, which knows of lists of access rights and of servers.
 * Synchronous: only to be called for what has just answered.
 *
 * @param path absolute; where it is not there, the directory above it has to be writable
 * @param wants what is to be possible with the path, such as `rw`
 */
export function findRefusal(path: string, wants: 'r' | 'rw'): Refusal | undefined {
  for (const above of directoriesAbove(path)) {
    const answer = lacks(above, 'x');
    if (answer === 'missing') return undefined;
    if (answer) return refusal(above, 'x');
  }
  for (const mode of wants) {
    const answer = lacks(path, mode as 'r' | 'w');
    if (answer === 'missing')
      return wants === 'rw' && lacks(dirname(path), 'w') === true
        ? refusal(dirname(path), 'w')
        : undefined;
    if (answer) return refusal(path, mode as 'r' | 'w');
  }
  return isDirectory(path) && lacks(path, 'x') === true ? refusal(path, 'x') : undefined;
}

/** From `/` down, without the path itself. */
function directoriesAbove(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...directoriesAbove(parent), parent];
}

function lacks(path: string, mode: Refusal['lacks']): boolean | 'missing' {
  try {
    TRIALS[mode](path);
    return false;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return 'missing';
    return ['EACCES', 'EPERM'].includes(errorCode(error));
  }
}

function refusal(path: string, mode: Refusal['lacks']): Refusal {
  return { path, lacks: mode, owner: ownerOf(path) };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
