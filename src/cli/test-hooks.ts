import { RETIRE_STEPS, type RetireStep } from '../backends/retire.ts';
import { STEP_NAMES, type StepName } from '../replication/pass.ts';

/** Environment variables for tests; none is meant for operators. */

/**
 * Ends the process with SIGKILL at a named step of a sync, or of `backend retire` and `restore-retired`, for tests of what a crash
 * leaves behind: BACKUP_SYNCD_KILL_AT=STEP, or STEP:N for the N-th time that it is reached.
 */
export function stepHook(env: NodeJS.ProcessEnv): {
  onStep?: (backend: string, name: StepName | RetireStep) => void;
} {
  const [step, times = '1'] = (env['BACKUP_SYNCD_KILL_AT'] ?? '').split(':');
  const known: readonly (string | undefined)[] = [...STEP_NAMES, ...RETIRE_STEPS];
  if (!known.includes(step)) return {};
  let left = Number(times);
  return {
    onStep: (_backend, name) => {
      if (name === step && --left === 0) process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** BACKUP_SYNCD_SILENCE_MS: how long a place may be silent before a call is given up, in milliseconds. */
export function silenceHook(env: NodeJS.ProcessEnv): { silenceMs?: number } {
  const milliseconds = Number(env['BACKUP_SYNCD_SILENCE_MS']);
  return milliseconds > 0 ? { silenceMs: milliseconds } : {};
}
