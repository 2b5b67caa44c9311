import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../process/run-tool.ts';
import { formatDuration } from '../../runtime/units.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';

const TIMEOUT_MS = 5_000;
/** A file may be this much younger than now, in milliseconds. */
const TOLERANCE_MS = 60_000;

/** The machine's clock, and times to compare it with. */
export interface Clocks {
  readonly now: number;
  /** when a file of the state directory was last written; undefined if there is none */
  readonly savedAt: number | undefined;
  /** as timedatectl(1) says; undefined if it cannot say */
  readonly isSynchronised: boolean | undefined;
}

/** Whether the clock can be right: lags, ages and dates in the future depend on it. */
export const clock: Check = {
  name: 'clock',
  run: async ({ now, ownDirectories, stateDirectory }, signal) => {
    const isThere = ownDirectories.some(({ directory }) => directory === stateDirectory);
    return [
      judgeClock({
        now,
        savedAt: isThere ? await latestIn(stateDirectory) : undefined,
        isSynchronised: await synchronised(signal),
      }),
    ];
  },
};

async function latestIn(directory: string): Promise<number | undefined> {
  const names = await readdir(directory).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

async function synchronised(signal: AbortSignal): Promise<boolean | undefined> {
  const args = ['show', '--property=NTPSynchronized', '--value'];
  const { stdout } = await runTool('timedatectl', args, { timeoutMs: TIMEOUT_MS, signal });
  return { yes: true, no: false }[stdout.trim()];
}

/** Pure. */
export function judgeClock({ now, savedAt, isSynchronised }: Clocks): Judgement {
  const today = new Date(now).toISOString().slice(0, 16).replace('T', ' ');
  const ahead = (savedAt ?? 0) - now;
  if (ahead > TOLERANCE_MS)
    return {
      severity: 'error',
      message: `it is ${today} UTC by this machine's clock, and the state was saved ${formatDuration(ahead)} later: the clock is wrong, or was`,
      hint: 'check it with: date -u; to set it from the network, as root, run: timedatectl set-ntp true',
    };
  if (isSynchronised === false)
    return {
      severity: 'warning',
      message: `it is ${today} UTC, and the clock is not synchronised with the network`,
      hint: 'as root, run: timedatectl set-ntp true; or see what your time service says, such as: chronyc tracking',
    };
  return {
    severity: 'ok',
    message: `it is ${today} UTC${isSynchronised === true ? ', synchronised with the network' : '; whether the clock is synchronised cannot be seen here'}`,
  };
}
