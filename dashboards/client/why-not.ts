import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { stateLooks } from '../backend-states.ts';
import { BAD, GOOD, LATE, named, tablePanel } from '../common.ts';
import { ofBackends, rows, series } from '../queries.ts';
import { columns, joinBy, withoutTime } from '../transformations.ts';
import type { Reason } from '../../src/runtime/errors.ts';

const REASONS: Readonly<Record<Reason, string>> = {
  unreachable: 'unreachable: is its disk or server up?',
  auth: 'auth: its credentials are refused',
  permission: 'permission: its files may not be read or written',
  no_space: 'no space: free some, or lower minFree',
  not_initialised: 'not initialised: mount its disk; if it is new: backend init',
  diverged: 'diverged: config is not the source’s; migrate or another repository?',
  damaged: 'damaged: lost objects that the source cannot give',
  source_busy: 'source busy: it changes too fast',
  source_unavailable: 'source unavailable: look at the source',
  source_corrupt: 'source corrupt: objects of the source are withheld',
  verify: 'verify: what was sent was not there afterwards',
  tool: 'tool: a program failed',
  timeout: 'timeout: no answer in time; does its mount hang?',
  internal: 'internal: an error in backup-syncd',
};

/** What each backend does, and what keeps it from being up to date. */
export function whyNot(): PanelBuilder {
  const panel = tablePanel({
    title: 'Backends: problems',
    description:
      'What each backend is doing, its problem if it has one, and what is missing there. For what to do, run: backup-syncd status CLIENT.',
  })
    .height(5)
    .unit('none')
    .noValue('–')
    .withTarget(rows(`max by (backend, state) (${series('backend_state')} == 1)`, 'state'))
    .withTarget(rows(`max by (backend, reason) (${series('backend_trouble')} == 1)`, 'reason'))
    .withTarget(rows(ofBackends('backend_replication_lag_seconds'), 'lag'))
    .withTarget(rows(ofBackends('backend_missing_snapshots'), 'missing'))
    .withTarget(rows(ofBackends('backend_pending_bytes'), 'pending'))
    .withTarget(
      rows(`time() - ${ofBackends('backend_last_contact_timestamp_seconds')}`, 'contact'),
    );
  return cellsOf(withColumns(panel));
}

function withColumns(panel: PanelBuilder): PanelBuilder {
  return panel
    .withTransformation(withoutTime())
    .withTransformation(joinBy('backend'))
    .withTransformation(
      columns({
        backend: 'Backend',
        state: 'State',
        reason: 'Problem',
        'Value #lag': 'Lag',
        'Value #missing': 'Snapshots missing',
        'Value #pending': 'To be sent',
        'Value #contact': 'Last contact',
        'Value #state': '',
        'Value #reason': '',
      }),
    );
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
      { id: 'custom.width', value: 130 },
    ])
    .overrideByName('Problem', [
      {
        id: 'mappings',
        value: [named(Object.fromEntries(reasons) as Parameters<typeof named>[0])],
      },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'custom.width', value: 520 },
      { id: 'noValue', value: 'nothing is wrong' },
    ])
    .overrideByName('Snapshots missing', [
      { id: 'custom.width', value: 160 },
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
    .overrideByRegexp('/^(Lag|Last contact)$/', [
      { id: 'custom.width', value: 130 },
      { id: 'unit', value: 's' },
      { id: 'decimals', value: 1 },
    ])
    .overrideByName('To be sent', [
      { id: 'unit', value: 'bytes' },
      { id: 'custom.width', value: 130 },
    ]);
}
