import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './system-error.ts';
import { ownerOf } from './users.ts';

/** Access to a file or a directory that a process does not have. */
export interface Refusal {
  readonly path: string;
  /** `x`: pass through a directory */
  readonly lacks: 'r' | 'w' | 'x';
  /** its owner; undefined if that is not visible */
  readonly owner?: number | undefined;
}

/** Tries each operation, because access(2) uses the real user and ignores capabilities. Writes nothing. */
const TRIALS: Readonly<Record<Refusal['lacks'], (path: string) => void>> = {
  r: (path) => closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)),
  w: (path) => accessSync(path, constants.W_OK),
  x: (path) => void statSync(`${path}/.`),
};

/**
 * Finds the first directory on the way to a path, or the path itself, that refuses this process; undefined if nothing does, or if
 * something other than a permission is the problem. Asks the system, which knows about ACLs and servers. Synchronous, so call it
 * only for a place that has just responded.
 *
 * @param path absolute; if it does not exist, the directory above it must be writable
 * @param wants the required access to the path, such as `rw`
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

/** The directories from `/` down, without the path itself. */
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

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
