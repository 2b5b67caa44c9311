import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { BAD, BUSY, GOOD, LATE, named, OFF } from '../common.ts';
import { byBackend, byClient } from '../queries.ts';

interface ClientState {
  readonly text: string;
  readonly color: string;
  /** A series for each client that is in this state. */
  readonly expr: string;
}

/** Worst first: a client is in the first that holds. The table is sorted by it. */
function states(): ClientState[] {
  const lag = byClient('protection_lag_seconds');
  const backendLag = byBackend('backend_replication_lag_seconds');
  const perClient = (expr: string) => `max by (client) (${expr})`;
  return [
    {
      text: 'source corrupt',
      color: BAD,
      expr: `${byClient('source_corrupt_objects')} > 0`,
    },
    {
      text: 'replica damaged',
      color: BAD,
      expr: `${byClient('backend_trouble', 'reason="damaged"')} == 1`,
    },
    {
      text: 'not protected',
      color: BAD,
      expr: `${lag} > ${byClient('expected_protection_lag_seconds')}`,
    },
    {
      text: 'overdue',
      color: BAD,
      expr: `${byClient('snapshot_due_timestamp_seconds')} < time()`,
    },
    {
      text: 'backend down',
      color: LATE,
      expr: perClient(
        `${byBackend('backend_up')} == 0 or ${byBackend('backend_state', 'state="blocked"')} == 1`,
      ),
    },
    {
      text: 'config refused',
      color: LATE,
      expr: `${byClient('client_config_valid')} == 0`,
    },
    {
      text: 'first copy',
      color: BUSY,
      expr: `${byClient('backend_initial_copy')} == 1`,
    },
    {
      text: 'lagging',
      color: LATE,
      expr: perClient(`${backendLag} > ${byBackend('expected_replication_lag_seconds')}`),
    },
    {
      text: 'no snapshot',
      color: OFF,
      expr: `${byClient('client_enabled')} unless ${byClient('source_latest_snapshot_timestamp_seconds')}`,
    },
    { text: 'ok', color: GOOD, expr: byClient('client_enabled') },
  ];
}

export function stateCell(): string {
  const all = states();
  return all.map(({ expr }, index) => `${all.length - 1 - index} + 0 * (${expr})`).join('\nor\n');
}

export function stateMappings(): ValueMapping[] {
  const all = states();
  const entries = all.map(({ text, color }, index) => [all.length - 1 - index, { text, color }]);
  return [named(Object.fromEntries(entries) as Parameters<typeof named>[0])];
}
