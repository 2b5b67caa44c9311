import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findRefusal, type Refusal } from '../runtime/refusal.ts';
import { errorCode } from '../runtime/system-error.ts';

/** The result of checking a path. `real` has every symbolic link resolved, as far as the path exists. */
export type Probe =
  | { readonly found: 'directory'; readonly real: string; readonly denied: string }
  | { readonly found: 'missing'; readonly real: string; readonly denied: string }
  | { readonly found: 'other' }
  | { readonly found: 'error'; readonly reason: string }
  /** it cannot be accessed; `refusal` names the first directory that refuses, if one is found */
  | { readonly found: 'refused'; readonly refusal: Refusal | undefined }
  | { readonly found: 'hangs' }
  | { readonly found: 'unchecked' };

/** Each hung file system blocks one thread of Node, which has only four. */
const MAX_HANGING = 2;

export interface ProbeOptions {
  readonly deadlineMs: number;
  /** for tests */
  readonly probe?: (path: string) => Promise<Probe>;
}

/** Checks every path, each within its deadline. Stops after two that hang: the rest is `unchecked`. */
export async function probePaths(
  paths: readonly string[],
  { deadlineMs, probe = probePath }: ProbeOptions,
): Promise<ReadonlyMap<string, Probe>> {
  const results = new Map<string, Probe>(paths.map((path) => [path, { found: 'unchecked' }]));
  const queue = [...results.keys()];
  async function work(): Promise<void> {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const result = await answerWithin(probe(path), deadlineMs);
      results.set(path, result);
      if (result.found === 'hangs') return;
    }
  }
  await Promise.all(Array.from({ length: MAX_HANGING }, work));
  return results;
}

/** Checks one path. Hangs when its file system does. */
export async function probePath(path: string): Promise<Probe> {
  try {
    const info = await stat(path);
    if (!info.isDirectory()) return { found: 'other' };
    return { found: 'directory', real: await realpath(path), denied: await findDenied(path) };
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return { found: 'other' };
    if (!isMissing(error)) return faulty(path, error);
  }
  return probeMissing(path);
}

/** Finds where a missing path would be, and which access its nearest parent denies. */
async function probeMissing(path: string): Promise<Probe> {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    try {
      const real = join(await realpath(parent), path.slice(parent.length));
      if (!(await stat(parent)).isDirectory()) return { found: 'other' };
      return { found: 'missing', real, denied: await findDenied(parent) };
    } catch (error) {
      if (!isMissing(error)) return faulty(path, error);
    }
  }
}

/** The letters of `rwx` that this process lacks on a directory. */
async function findDenied(path: string): Promise<string> {
  const wanted = [
    ['r', constants.R_OK],
    ['w', constants.W_OK],
    ['x', constants.X_OK],
  ] as const;
  const denied = await Promise.all(
    wanted.map(async ([letter, mode]) =>
      access(path, mode).then(
        () => '',
        () => letter,
      ),
    ),
  );
  return denied.join('');
}

async function answerWithin(work: Promise<Probe>, deadlineMs: number): Promise<Probe> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ found: 'hangs' }), deadlineMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

function faulty(path: string, error: unknown): Probe {
  const code = errorCode(error);
  if (code === 'EACCES') return { found: 'refused', refusal: findRefusal(path, 'r') };
  return { found: 'error', reason: code === '' ? String(error) : code };
}
