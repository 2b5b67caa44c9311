import type { FactStore } from '../facts/fact-store.ts';
import { withIntervention, type Intervention } from '../facts/interventions.ts';
import type { Clock } from '../runtime/clock.ts';

/** Records that a person did something now. */
export function noteIntervention(
  { store, clock }: { readonly store: FactStore; readonly clock: Clock },
  done: Omit<Intervention, 'at'>,
): void {
  const one = { at: clock.now(), ...done };
  store.updateInterventions(withIntervention(store.facts.interventions, one));
  store.markForSaving();
}
