import { resolve } from 'node:path';
import { DIRECT_FILES } from '../files/own-files.ts';
import { parseConfig } from './parse.ts';
import { readFiles, type ReadResult } from './read-files.ts';
import type { LoadResult } from './types.ts';

/** Reads and checks a configuration directory. Never throws: see `problems`, `clientProblems`. */
export async function loadConfig(directory: string): Promise<LoadResult> {
  const root = resolve(directory);
  return loadRead(await readFiles(root, DIRECT_FILES), root);
}

/** Checks the content of a configuration directory. Pure. */
export function loadRead(read: ReadResult, root: string): LoadResult {
  const { files, problems, isEmpty, discovery } = read;
  const parsed = parseConfig(files, root, discovery);
  if (problems.length === 0) return parsed;
  const { directories, origins, clientProblems, sources } = parsed;
  return {
    directories,
    origins,
    clientProblems,
    sources,
    problems: [...problems, ...parsed.problems],
    ...(isEmpty && { isEmpty }),
  };
}
