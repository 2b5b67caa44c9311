import { resolve } from 'node:path';
import { parseConfig } from './parse.ts';
import { readFiles } from './read-files.ts';
import type { LoadResult } from './types.ts';

/** Reads and checks a configuration directory. Never throws: see `problems`, `clientProblems`. */
export async function loadConfig(directory: string): Promise<LoadResult> {
  const root = resolve(directory);
  const { files, problems } = await readFiles(root);
  const parsed = parseConfig(files, root);
  if (problems.length === 0) return parsed;
  return { problems: [...problems, ...parsed.problems], clientProblems: parsed.clientProblems };
}
