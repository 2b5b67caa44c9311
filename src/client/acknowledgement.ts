import type { Intervention } from '../facts/interventions.ts';
import type { ChangedObjects } from './changed-objects.ts';
import type { Acknowledged, RequestOf } from './control-protocol.ts';
import type { SourceGuard } from './source-guard.ts';
import type { SourceMemory } from './source-memory.ts';
import type { SourceOutcomes } from './source-outcomes.ts';

interface Watchers {
  readonly memory: SourceMemory;
  readonly guard: SourceGuard;
  readonly objects: ChangedObjects;
  readonly outcomes: SourceOutcomes;
}

/** Ends alarms and accepts a loss, whichever there is, and announces removals if the request says so. */
export function acknowledge(
  { by, reason, forMs }: RequestOf<'ack'>,
  { memory, guard, objects, outcomes }: Watchers,
  note: (done: Omit<Intervention, 'at'>) => void,
): Acknowledged {
  const alarms = guard.accept();
  if (alarms !== undefined) objects.accept();
  const who = { by, reason };
  const loss = outcomes.acknowledge(who, () => memory.accept());
  const accepted =
    loss ?? (alarms && outcomes.accept(who, { state: 'alarm', message: alarms.join('; ') }));
  const announced = forMs === undefined ? undefined : guard.announce(who, forMs);
  if (accepted !== undefined) note({ what: 'acknowledged', ...who, message: accepted.message });
  if (announced !== undefined) note({ what: 'announced', ...who, endsAt: announced.endsAt });
  return { ...(accepted && { accepted }), ...(announced && { announced }) };
}
