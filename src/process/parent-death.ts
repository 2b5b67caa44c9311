import { runTool } from './run-tool.ts';

const TIMEOUT_MS = 5_000;
const PREFIX = ['setpriv', '--pdeathsig', 'TERM', '--'] as const;

/** Of coreutils: what ends it, it passes on to its whole process group. That of others knows no long options. */
const GROUP = ['timeout', '--kill-after=5s', '0'] as const;

let prefix: Promise<readonly string[]> | undefined;
let groupPrefix: Promise<readonly string[]> | undefined;

/**
 * What to put before a command so that the kernel ends it when this process dies, however it dies (I9): setpriv of
 * util-linux, which then is the command itself. Empty where there is none. Asked for once.
 */
export async function endedWithParent(): Promise<readonly string[]> {
  return (prefix ??= probe(PREFIX));
}

/** The same for a command that starts others, which the kernel knows nothing of: all of them end. */
export async function groupEndedWithParent(): Promise<readonly string[]> {
  return (groupPrefix ??= probeGroup());
}

async function probeGroup(): Promise<readonly string[]> {
  const alone = await endedWithParent();
  if (alone.length === 0) return alone;
  const both = await probe([...PREFIX, ...GROUP]);
  return both.length === 0 ? alone : both;
}

async function probe(command: readonly [string, ...string[]]): Promise<readonly string[]> {
  const [file, ...args] = command;
  const { signal } = new AbortController();
  const { exitCode } = await runTool(file, [...args, 'true'], { timeoutMs: TIMEOUT_MS, signal });
  return exitCode === 0 ? command : [];
}
