import type { Attempts, BackendStateName } from '../facts/attempts.ts';
import { MEANING } from '../runtime/errors.ts';

/** States in which the sync has nothing to report. */
const AT_REST: ReadonlySet<BackendStateName> = new Set(['unknown', 'idle', 'unverified']);

/** Activities whose result is shown by itself: it says nothing about whether the backend can be used. */
const SHOWN_APART: ReadonlySet<string> = new Set(['restore-check']);

/** The attempts that people see: those of the sync or, while it is well, of another activity that fails. Pure. */
export function shownAttempts(attempts: Attempts): Attempts {
  const { state, trouble, others = {} } = attempts;
  if (trouble !== undefined || !AT_REST.has(state)) return attempts;
  const [, failing] =
    Object.entries(others).find(
      ([name, { trouble: its }]) => its !== undefined && !SHOWN_APART.has(name),
    ) ?? [];
  if (failing?.trouble === undefined) return attempts;
  return {
    ...attempts,
    state: MEANING[failing.trouble.reason].isBlocking ? 'blocked' : 'retrying',
    stateSince: failing.failingSince,
    trouble: failing.trouble,
    failures: failing.failures,
    nextAttemptAt: failing.nextAttemptAt,
  };
}
