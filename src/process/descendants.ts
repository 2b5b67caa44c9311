import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { runTool } from './run-tool.ts';

/**
 * Ends the processes that a child started, including those that left its process group with setsid(1) or a double fork. Each child
 * gets a variable that its descendants inherit, and that /proc/PID/environ shows. A process that clears its environment is not
 * found.
 */

/** How long processes may take to end after SIGTERM, in tenths of a second. */
const GRACE_TENTHS = 20;
const SWEEP_MS = 6_000;

/** Needs GNU grep; without it, nothing is found. */
const SWEEP = `
mark=$1
marked() { grep -lszxF -e "$mark" /proc/[0-9]*/environ; }
tell() { for file in $(marked); do pid=\${file#/proc/}; kill -s "$1" "\${pid%/environ}" 2>/dev/null; done; }
n=0
tell TERM
while [ -n "$(marked)" ] && [ "$n" -lt "$2" ]; do sleep 0.1; n=$((n + 1)); done
n=0
while [ -n "$(marked)" ] && [ "$n" -lt 20 ]; do tell KILL; sleep 0.05; n=$((n + 1)); done
`;

/** The mark of every descendant of this process. */
const OWN_MARK = ['BACKUP_SYNCD_DAEMON', randomBytes(8).toString('hex')] as const;

/** The mark of one child and all its descendants. */
export interface Mark {
  readonly variables: Readonly<Record<string, string>>;
  /** Ends the remaining processes: SIGTERM, two seconds later SIGKILL. Never rejects. */
  endAll(): Promise<void>;
}

export function createMark(): Mark {
  const [name, value] = ['BACKUP_SYNCD_CHILD', randomBytes(8).toString('hex')];
  return {
    variables: { [OWN_MARK[0]]: OWN_MARK[1], [name]: value },
    endAll: async () => {
      const { signal } = new AbortController();
      const args = ['-c', SWEEP, 'sweep', `${name}=${value}`, String(GRACE_TENTHS)];
      await runTool('sh', args, { timeoutMs: SWEEP_MS, signal });
    },
  };
}

let isWatched = false;

/**
 * Starts, once, a process that waits until this one has ended in any way, including SIGKILL, and then ends all its descendants. It
 * detects that by the end of its standard input.
 */
export function startSweeper(): void {
  if (isWatched) return;
  isWatched = true;
  const args = ['-c', `cat >/dev/null\n${SWEEP}`, 'sweep', OWN_MARK.join('='), '50'];
  const { PATH = '' } = process.env;
  const watcher = spawn('sh', args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH },
  });
  watcher.on('error', () => undefined); // there is no sh, so there are no scripts either
  watcher.unref();
  const stdin = watcher.stdin as typeof watcher.stdin & Pick<Socket, 'unref'>;
  stdin.on('error', () => undefined);
  stdin.unref(); // the watcher must not keep this process from exiting
}
