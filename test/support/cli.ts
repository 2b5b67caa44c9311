import { join } from 'node:path';
import {
  runProcess,
  startProcess,
  type ProcessOptions,
  type ProcessResult,
  type RunningProcess,
} from './process.ts';
import { projectDirectory } from './tools.ts';

/** The built program; `npm test` builds it first. */
export const mainFile = join(projectDirectory, 'dist', 'main.js');

/** `backup-syncd ...args`, to its end. */
export function runCli(
  args: readonly string[],
  options: ProcessOptions & { readonly timeoutMs?: number } = {},
): Promise<ProcessResult> {
  return runProcess(process.execPath, [mainFile, ...args], options);
}

/** `backup-syncd ...args` as a daemon, killed with all its children when the test is over. */
export function startDaemon(args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  return startProcess(process.execPath, [mainFile, ...args], options);
}
