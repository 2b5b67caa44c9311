import { BACKEND_STATES, type BackendStateName } from '../src/report/types.ts';
import { AS_LAST_KNOWN, BACKEND_WORDS } from '../src/report/words.ts';
import { TONES } from './common.ts';
import { byBackend, series } from './queries.ts';

/** As the daemon exports them, and one that follows from two metrics: idle, while no lag is known. */
export type ShownState = BackendStateName | 'last_known';
export const SHOWN_STATES: readonly ShownState[] = [...BACKEND_STATES, 'last_known'];

interface Look {
  readonly text: string;
  readonly color: string;
}

export function backendLook(state: ShownState): Look {
  const { words, tone } = state === 'last_known' ? AS_LAST_KNOWN : BACKEND_WORDS[state];
  return { text: words, color: TONES[tone] };
}

/** By name, as in the label. */
export function stateLooks(): Readonly<Record<string, Look>> {
  return Object.fromEntries(SHOWN_STATES.map((state) => [state, backendLook(state)]));
}

/** By number, as in a graph. */
export function stateNumbers(): Readonly<Record<string, Look>> {
  return Object.fromEntries(SHOWN_STATES.map((state) => [numberOf(state), backendLook(state)]));
}

function numberOf(state: ShownState): number {
  return SHOWN_STATES.indexOf(state);
}

/** For each backend of each client the state that it is in, as a label. */
export function statesOfBackends(): string {
  const all = `max by (client, backend, state) (${series('backend_state')} == 1)`;
  return `label_replace(${lastKnown()}, "state", "last_known", "state", ".+")\nor\n(${all} unless ${lastKnown()})`;
}

/** For each backend the number of its state, on the dashboard of one client. */
export function numberOfEachState(): string {
  const exported = BACKEND_STATES.map(
    (state) => `${numberOf(state)} * ${series('backend_state', `state="${state}"`)}`,
  );
  const exprs = [...exported, `${numberOf('last_known')} * ${lastKnown()}`]; // greater than that of idle
  return `max by (backend) (\n  ${exprs.join('\n  or\n  ')}\n)`;
}

export function lastKnown(): string {
  const idle = `max by (client, backend, state) (${series('backend_state', 'state="idle"')} == 1)`;
  return `(${idle} unless on (client, backend) ${byBackend('backend_replication_lag_seconds')})`;
}
