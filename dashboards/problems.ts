import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { stateLooks, statesOfBackends } from './backend-states.ts';
import { BAD, GOOD, LATE, named, tablePanel, type PanelText } from './common.ts';
import { rows, series } from './queries.ts';
import { columns, joinBy, sortedBy, withoutTime } from './transformations.ts';
import type { Reason } from '../src/runtime/errors.ts';
import type { MetricName } from '../src/metrics/names.ts';

const REASONS: Readonly<Record<Reason, string>> = {
  unreachable: 'unreachable: is its disk or server up?',
  auth: 'auth: its credentials are refused',
  permission: 'permission: its files cannot be read or written',
  no_space: 'no space: free some, or lower minFree',
  not_initialised: 'not initialised: mount its disk; for a new place: backend init',
  diverged: 'diverged: its config differs; migrate, or another repository?',
  damaged: 'damaged: lost objects that the source cannot replace',
  source_busy: 'source busy: it changes too fast',
  source_unavailable: 'source unavailable: check the source',
  source_corrupt: 'source corrupt: objects of the source are held back',
  verify: 'verify: what was sent is missing',
  tool: 'tool: a program failed',
  timeout: 'timeout: no response in time; does its mount hang?',
  internal: 'internal: a bug in backup-syncd',
};

export interface Rows {
  /** What a row is: a backend of one client, or a client of one backend. */
  readonly label: 'backend' | 'client';
  readonly heading: string;
  readonly link: { readonly title: string; readonly url: string };
}

/** Above any lag, in seconds. */
const MOST = 1e9;

/** What each backend does, and what keeps it from being up to date. Those with a problem come first, then the longest lag. */
export function problemsTable(text: PanelText, { label, heading, link }: Rows): PanelBuilder {
  const of = (name: MetricName): string => `max by (${label}) (${series(name)})`;
  const trouble = `max by (${label}) (${series('backend_trouble')} == 1)`;
  const lag = of('backend_replication_lag_seconds');
  const limit = of('expected_replication_lag_seconds');
  const panel = tablePanel(text)
    .unit('none')
    .noValue('–')
    .withTarget(rows(`max by (${label}, state) (\n${statesOfBackends()}\n)`, 'state'))
    .withTarget(rows(`max by (${label}, reason) (${series('backend_trouble')} == 1)`, 'reason'))
    .withTarget(rows(`${MOST} * ${trouble}\nor\n${lag}\nor\n0 * ${limit}`, 'rank'))
    .withTarget(rows(lag, 'lag'))
    .withTarget(rows(limit, 'limit'))
    .withTarget(rows(of('backend_missing_snapshots'), 'missing'))
    .withTarget(rows(of('backend_pending_bytes'), 'pending'))
    .withTarget(rows(of('backend_bytes'), 'size'))
    .withTarget(rows(`time() - ${of('backend_last_contact_timestamp_seconds')}`, 'contact'))
    .withTarget(rows(`1000 * ${of('backend_paused_until_timestamp_seconds')}`, 'paused'))
    .withTransformation(withoutTime())
    .withTransformation(joinBy(label))
    .withTransformation(sortedBy('Value #rank'))
    .withTransformation(
      columns({
        [label]: heading,
        state: 'State',
        reason: 'Problem',
        'Value #lag': 'Lag',
        'Value #limit': 'Allowed',
        'Value #missing': 'Snapshots missing',
        'Value #pending': 'To be sent',
        'Value #size': 'Size',
        'Value #contact': 'Last contact',
        'Value #paused': 'Paused until',
        'Value #rank': '',
        'Value #state': '',
        'Value #reason': '',
      }),
    )
    .overrideByName(heading, [
      { id: 'links', value: [link] },
      { id: 'custom.minWidth', value: 120 },
    ]);
  return cellsOf(panel);
}

function cellsOf(panel: PanelBuilder): PanelBuilder {
  const reasons = Object.entries(REASONS).map(([reason, text]) => [
    reason,
    { text, color: reason === 'damaged' || reason === 'source_corrupt' ? BAD : LATE },
  ]);
  return panel
    .overrideByName('State', [
      { id: 'mappings', value: [named(stateLooks())] },
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
      { id: 'custom.align', value: 'center' },
      width(200),
    ])
    .overrideByName('Problem', [
      {
        id: 'mappings',
        value: [named(Object.fromEntries(reasons) as Parameters<typeof named>[0])],
      },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      width(440),
      { id: 'noValue', value: 'no problem' },
    ])
    .overrideByName('Snapshots missing', [
      width(150),
      {
        id: 'thresholds',
        value: {
          mode: 'absolute',
          steps: [
            { color: GOOD, value: null },
            { color: LATE, value: 1 },
          ],
        },
      },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ])
    .overrideByRegexp('/^(Lag|Allowed|Last contact)$/', [
      width(110),
      { id: 'unit', value: 's' },
      { id: 'decimals', value: 1 },
    ])
    .overrideByName('Paused until', [
      { id: 'unit', value: 'dateTimeAsIsoNoDateIfToday' },
      width(170),
    ])
    .overrideByRegexp('/^(To be sent|Size)$/', [{ id: 'unit', value: 'bytes' }, width(110)]);
}

function width(pixels: number): DynamicConfigValue {
  return { id: 'custom.width', value: pixels };
}
