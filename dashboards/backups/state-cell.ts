import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { BAD, BUSY, GOOD, LATE, named, OFF } from '../common.ts';
import { excused } from '../offline.ts';
import { byBackend, byClient } from '../queries.ts';
import { sourceLook } from '../source-states.ts';
import type { SourceStateName } from '../../src/report/types.ts';

interface ClientState {
  readonly text: string;
  readonly color: string;
  /** A series for each client that is in this state. */
  readonly expr: string;
}

/** Worst first: a client is in the first that holds. The table is sorted by it. */
const STATES: readonly ClientState[] = [
  ...sources('different_repository', 'emptied', 'damaged'),
  {
    text: 'source: corrupt',
    color: BAD,
    expr: `${byClient('source_corrupt_objects')} > 0`,
  },
  ...sources('missing', 'empty', 'unreadable', 'timeout', 'not_a_repository', 'erasure_format'),
  {
    text: 'replica damaged',
    color: BAD,
    expr: `${byClient('backend_trouble', 'reason="damaged"')} == 1`,
  },
  {
    text: 'not protected',
    color: BAD,
    expr: `${byClient('protection_lag_seconds')} > ${byClient('expected_protection_lag_seconds')}`,
  },
  {
    text: 'long overdue',
    color: BAD,
    expr: `${byClient('snapshot_due_timestamp_seconds')} + ${byClient('expected_snapshot_interval_seconds')} < time()`,
  },
  ...sources('suspect', 'config_changed'),
  {
    text: 'overdue',
    color: LATE,
    expr: `${byClient('snapshot_due_timestamp_seconds')} < time()`,
  },
  {
    text: 'backend down',
    color: LATE,
    expr: perClient(
      `(${byBackend('backend_up')} == 0 or ${byBackend('backend_state', 'state="blocked"')} == 1) unless ${excused()}`,
    ),
  },
  {
    text: 'config refused',
    color: LATE,
    expr: `${byClient('client_config_valid')} == 0`,
  },
  {
    text: 'lagging',
    color: LATE,
    expr: perClient(
      `${byBackend('backend_replication_lag_seconds')} > ${byBackend('expected_replication_lag_seconds')} unless ${byBackend('backend_initial_copy')} == 1 unless ${excused()}`,
    ),
  },
  {
    text: 'paused',
    color: OFF,
    expr: `${byClient('client_paused_until_timestamp_seconds')} > time()`,
  },
  ...sources('busy'),
  {
    text: 'first copy',
    color: BUSY,
    expr: `${byClient('backend_initial_copy')} == 1`,
  },
  {
    text: 'no snapshot',
    color: OFF,
    expr: `${byClient('client_enabled')} == 1 unless ${byClient('source_latest_snapshot_timestamp_seconds')}`,
  },
  { text: 'ok', color: GOOD, expr: `${byClient('client_enabled')} == 1` },
];

function sources(...states: readonly SourceStateName[]): ClientState[] {
  return states.map((state) => ({
    text: `source: ${sourceLook(state).text}`,
    color: sourceLook(state).color,
    expr: `${byClient('source_state', `state="${state}"`)} == 1`,
  }));
}

function perClient(expr: string): string {
  return `max by (client) (${expr})`;
}

function numberOf(index: number): number {
  return STATES.length - 1 - index;
}

export function stateCell(): string {
  return STATES.map(({ expr }, index) => `${numberOf(index)} + 0 * (${expr})`).join('\nor\n');
}

export function stateMappings(): ValueMapping[] {
  const looks = STATES.map(({ text, color }, index) => [numberOf(index), { text, color }] as const);
  return [named(Object.fromEntries(looks))];
}
