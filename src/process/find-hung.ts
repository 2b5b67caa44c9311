import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import { allowedEnvironment, type RunOptions } from './run-tool.ts';

/** How long one child may take to look at all of them, in milliseconds. */
const ALL_MS = 1_000;
/** If it takes longer, each is looked at by a child of its own; so many at the same time. */
const AT_ONCE = 16;

/**
 * The directories among these that do not answer within `timeoutMs`. Child processes look at them: what hangs there cannot keep
 * this process from ending with the exit code that it wants.
 */
export async function findHung(
  directories: readonly string[],
  options: RunOptions,
): Promise<string[]> {
  const all = [...new Set(directories)];
  if (await answer(all, { ...options, timeoutMs: ALL_MS })) return [];
  const probes = await eachAtOnce(all, AT_ONCE, async (path) =>
    (await answer([path], options)) ? [] : [path],
  );
  return options.signal.aborted ? [] : probes.flat();
}

/** Every command waits for this, so nothing is loaded for it. A child that hangs is killed, and not waited for. */
async function answer(
  paths: readonly string[],
  { timeoutMs, signal }: RunOptions,
): Promise<boolean> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const child = spawn('ls', ['-A', '--', ...paths], {
    ...{ env: allowedEnvironment(process.env), stdio: 'ignore' },
    ...{ signal: deadline, killSignal: 'SIGKILL' },
  });
  await once(child, 'exit').catch(() => undefined); // without an ls, the deadline has not passed either
  child.unref();
  return !deadline.aborted;
}
