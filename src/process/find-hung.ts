import { runTool } from './run-tool.ts';

/**
 * The directories among these that do not answer within `timeoutMs`. A child process looks at each: what hangs there cannot
 * keep this process from ending with the exit code that it wants.
 */
export async function findHung(
  directories: readonly string[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string[]> {
  const looks = directories.map(async (path) => {
    const { isGivenUp } = await runTool('ls', ['-A', '--', path], options);
    return isGivenUp === true && !options.signal.aborted ? [path] : [];
  });
  return (await Promise.all(looks)).flat();
}
