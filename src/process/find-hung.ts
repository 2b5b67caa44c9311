import { eachAtOnce } from '../runtime/each-at-once.ts';
import { runTool } from './run-tool.ts';

/** Places that are looked at at the same time. */
const AT_ONCE = 16;

/**
 * The directories among these that do not answer within `timeoutMs`. A child process looks at each: what hangs there cannot
 * keep this process from ending with the exit code that it wants.
 */
export async function findHung(
  directories: readonly string[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string[]> {
  const looks = await eachAtOnce([...new Set(directories)], AT_ONCE, async (path) => {
    const { isGivenUp } = await runTool('ls', ['-A', '--', path], options);
    return isGivenUp === true && !options.signal.aborted ? [path] : [];
  });
  return looks.flat();
}
