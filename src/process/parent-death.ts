import { runTool } from './run-tool.ts';

const TIMEOUT_MS = 5_000;
const PREFIX = ['setpriv', '--pdeathsig', 'TERM', '--'] as const;

/** The one of coreutils, which forwards signals to its whole process group. Others do not support long options. */
const GROUP = ['timeout', '--kill-after=5s', '0'] as const;

let prefix: Promise<readonly string[]> | undefined;
let groupPrefix: Promise<readonly string[]> | undefined;

/**
 * The prefix of a command that makes the kernel end it when this process dies in any way (I9): setpriv of util-linux, which then
 * becomes the command itself. Empty if there is none. Checked once.
 */
export async function endedWithParent(): Promise<readonly string[]> {
  return (prefix ??= probe(PREFIX));
}

/** The prefix of a command that starts others, which the kernel does not track: all of them end with this process. */
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
