import { runTool } from './run-tool.ts';

const TIMEOUT_MS = 5_000;
const PREFIX = ['setpriv', '--pdeathsig', 'TERM', '--'] as const;

let prefix: Promise<readonly string[]> | undefined;

/**
 * What to put before a command so that the kernel ends it when this process dies, however it dies (I9): setpriv of
 * util-linux, which then is the command itself. Empty where there is none. Asked for once.
 */
export async function endedWithParent(): Promise<readonly string[]> {
  return (prefix ??= probe());
}

async function probe(): Promise<readonly string[]> {
  const [file, ...args] = PREFIX;
  const { signal } = new AbortController();
  const { exitCode } = await runTool(file, [...args, 'true'], { timeoutMs: TIMEOUT_MS, signal });
  return exitCode === 0 ? PREFIX : [];
}
