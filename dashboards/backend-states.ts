import type { ValueMappingResult } from '@grafana/grafana-foundation-sdk/dashboard';
import { BACKEND_STATES, type BackendStateName } from '../src/report/types.ts';
import { BAD, BUSY, GOOD, LATE, OFF } from './common.ts';

const LOOKS: Readonly<Record<BackendStateName, ValueMappingResult>> = {
  unknown: { text: 'unknown', color: OFF },
  initial_copy: { text: 'first copy', color: BUSY },
  idle: { text: 'idle', color: GOOD },
  syncing: { text: 'syncing', color: 'light-blue' },
  retrying: { text: 'retrying', color: LATE },
  blocked: { text: 'blocked', color: BAD },
  unverified: { text: 'unverified', color: 'yellow' },
  paused: { text: 'paused', color: OFF },
};

/** By name, as in the label. */
export function stateLooks(): Readonly<Record<string, ValueMappingResult>> {
  return LOOKS;
}

/** By number, as in a graph. */
export function stateNumbers(): Readonly<Record<string, ValueMappingResult>> {
  return Object.fromEntries(BACKEND_STATES.map((state, number) => [number, LOOKS[state]]));
}

export function numberOf(state: BackendStateName): number {
  return BACKEND_STATES.indexOf(state);
}
