import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { GOOD, LATE, OFF, tablePanel, thresholds, whenNull } from '../common.ts';
import { byClient, rows } from '../queries.ts';
import { columnPerBackend, columns, joinBy, withoutTime } from '../transformations.ts';
import { lagCell, lagMappings } from './lag-cell.ts';
import { clientLink } from '../links.ts';
import { stateCell, stateMappings } from './state-cell.ts';

/** The texts of the other columns are those of backends; an empty list would not take them away. */
function onlyWhenNull(text: string): dashboard.DynamicConfigValue {
  return { id: 'mappings', value: [whenNull({ text, color: OFF })] };
}

const LEFT = { id: 'custom.align', value: 'left' };
const RIGHT = { id: 'custom.align', value: 'right' };

/** A row for each client, worst first, a column for each backend. */
export function clientsTable(): PanelBuilder {
  const panel = tablePanel({
    title: 'Clients, worst first',
    description:
      'Newest: age of the newest snapshot. Age, % of allowed: the same age, as a percentage of the age at which the snapshot is overdue. Newest protected: age of the newest snapshot that is in enough places. Then, for each backend, how long it has owed a snapshot: green within its limit, orange beyond, red if a person must act, blue during a first copy, grey if unknown or not configured.',
  }).height(10);
  return cellsOf(
    withColumns(withQueries(panel))
      .unit('s')
      .noValue('–')
      .thresholds(thresholds([[GOOD, null]]))
      .mappings(lagMappings())
      .align(common.FieldTextAlignment.Center)
      .cellOptions({ type: common.TableCellDisplayMode.ColorText })
      .sortBy([new common.TableSortByFieldStateBuilder().displayName('State').desc(true)]),
  );
}

function withQueries(panel: PanelBuilder): PanelBuilder {
  const latest = byClient('source_latest_snapshot_timestamp_seconds');
  const due = byClient('snapshot_due_timestamp_seconds');
  const interval = byClient('expected_snapshot_interval_seconds');
  const share = `(time() - ${latest}) / (${due} - ${latest})\nor\nclamp_min(1 + (time() - ${due}) / ${interval}, 0)`;
  return panel
    .withTarget(rows(stateCell(), 'state'))
    .withTarget(rows(`time() - ${latest}`, 'newest'))
    .withTarget(rows(share, 'share'))
    .withTarget(rows(`time() - ${byClient('protected_snapshot_timestamp_seconds')}`, 'protected'))
    .withTarget(rows(byClient('source_bytes'), 'size'))
    .withTarget(rows(lagCell(), 'lag'));
}

function withColumns(panel: PanelBuilder): PanelBuilder {
  return [
    ...columnPerBackend('lag'),
    withoutTime(),
    joinBy('client'),
    columns({
      client: 'Client',
      'Value #state': 'State',
      'Value #newest': 'Newest',
      'Value #share': 'Age, % of allowed',
      'Value #protected': 'Newest protected',
      'Value #size': 'Size',
    }),
  ].reduce((all, transformation) => all.withTransformation(transformation), panel);
}

function cellsOf(panel: PanelBuilder): PanelBuilder {
  const dueSteps = [
    { color: GOOD, value: null },
    { color: LATE, value: 1 },
  ];
  return panel
    .overrideByName('Client', [
      LEFT,
      { id: 'links', value: [clientLink()] },
      { id: 'custom.cellOptions', value: { type: 'auto' } },
      { id: 'custom.minWidth', value: 120 },
    ])
    .overrideByName('State', [
      { id: 'mappings', value: stateMappings() },
      { id: 'unit', value: 'none' },
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
      { id: 'custom.width', value: 210 },
    ])
    .overrideByName('Age, % of allowed', [
      onlyWhenNull('none expected'),
      { id: 'unit', value: 'percentunit' },
      { id: 'decimals', value: 0 },
      { id: 'custom.width', value: 240 },
      { id: 'min', value: 0 },
      { id: 'max', value: 1 },
      { id: 'thresholds', value: { mode: 'absolute', steps: dueSteps } },
      {
        id: 'custom.cellOptions',
        value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'color' },
      },
    ])
    .overrideByRegexp('/^(Newest|Newest protected|Size)$/', [
      RIGHT,
      onlyWhenNull('none'),
      { id: 'custom.cellOptions', value: { type: 'auto' } },
      { id: 'custom.width', value: 140 },
      { id: 'decimals', value: 1 },
    ])
    .overrideByName('Size', [{ id: 'unit', value: 'bytes' }]);
}
