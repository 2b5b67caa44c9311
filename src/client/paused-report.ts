import type { FactStore } from '../facts/fact-store.ts';
import { describePause, resumeCommand } from '../facts/pause-words.ts';
import type { Pause } from '../facts/pauses.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import { refusal } from '../replication/plan-retirement.ts';
import type { Clock } from '../runtime/clock.ts';
import type { SyncdError } from '../runtime/errors.ts';

interface Known {
  readonly client: string;
  readonly store: FactStore;
  readonly clock: Clock;
}

/** The report of a run that did nothing, because the place is paused. */
export function pausedReport(backend: string, pause: Pause, known: Known): SyncReport {
  const now = known.clock.now();
  return {
    backend,
    startedAt: now,
    endedAt: now,
    outcome: 'paused',
    message: describePause(pause),
    hint: hintFor(backend, pause, known),
    sent: { objects: 0, bytes: 0 },
    published: [],
    replans: 0,
  };
}

/** The report of a run that a pause has interrupted. */
export function interruptedReport(report: SyncReport, pause: Pause, known: Known): SyncReport {
  return {
    ...report,
    message: `interrupted: ${describePause(pause)}`,
    hint: hintFor(report.backend, pause, known),
  };
}

/** The error for objects that a person wants to move at a paused backend. */
export function pausedRefusal(backend: string, pause: Pause, known: Known): SyncdError {
  const hint = hintFor(backend, pause, known);
  return refusal(`nothing was moved: ${describePause(pause)}`, hint);
}

function hintFor(backend: string, pause: Pause, { client, store }: Known): string {
  return `to end the pause, run: ${resumeCommand(store.facts.pauses, pause, { client, backend })}`;
}
