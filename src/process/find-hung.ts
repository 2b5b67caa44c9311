import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withDeadline } from '../runtime/abort.ts';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import { allowedEnvironment, type RunOptions } from './run-tool.ts';

/** How long a directory may take to respond, in milliseconds. */
export const ANSWER_MS = 5_000;
/** How long one child may take to check all of them, in milliseconds. */
const ALL_MS = 1_000;
/** If it takes longer, each one gets its own child; this many at the same time. */
const AT_ONCE = 16;

/**
 * The directories that do not respond within `timeoutMs`. Child processes check them, so that a hung one cannot keep this process
 * from exiting with its own code.
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

/** Every command waits for this, so it loads no modules. A hung child is killed, and not waited for. */
async function answer(
  paths: readonly string[],
  { timeoutMs, signal }: RunOptions,
): Promise<boolean> {
  const deadline = withDeadline(signal, timeoutMs);
  const child = spawn('ls', ['-A', '--', ...paths], {
    env: allowedEnvironment(process.env),
    stdio: 'ignore',
    signal: deadline,
    killSignal: 'SIGKILL',
  });
  await once(child, 'exit').catch(() => undefined); // without an ls, the deadline has not passed either
  child.unref();
  return !deadline.aborted;
}
