import type { FactStore } from '../facts/fact-store.ts';
import { describePause, resumeCommand } from '../facts/pause-words.ts';
import type { Pause } from '../facts/pauses.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { Clock } from '../runtime/clock.ts';

interface Known {
  readonly client: string;
  readonly store: FactStore;
  readonly clock: Clock;
}

/** The report of a run that did nothing, because the place is paused. */
export function pausedReport(
  backend: string,
  pause: Pause,
  { client, store, clock }: Known,
): SyncReport {
  const now = clock.now();
  return {
    ...{ backend, startedAt: now, endedAt: now, outcome: 'paused' },
    message: describePause(pause),
    hint: `to end the pause, run: ${resumeCommand(store.facts.pauses, pause, { client, backend })}`,
    ...{ sent: { objects: 0, bytes: 0 }, published: [], replans: 0 },
  };
}
