import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { AUDIT_FINDINGS } from '../src/report/types.ts';
import { spaced } from '../src/report/words.ts';
import { GOOD, LATE, named, OFF, tablePanel, timeseriesPanel, type PanelText } from './common.ts';
import { clientLink } from './links.ts';
import { byBackend, range, rows, seriesOfPlaces, series } from './queries.ts';
import { columns, joinBy, matrix, withoutTime } from './transformations.ts';

/** What a row is: a place (the source included) or a client of one backend. */
type RowLabel = 'backend' | 'client';

/** The source has no label `backend`. */
function nameSource(expr: string): string {
  return `label_replace(${expr}, "backend", "source", "backend", "")`;
}

function of(row: RowLabel): typeof series {
  return row === 'backend' ? seriesOfPlaces : series;
}

/** When each activity last succeeded, and what is surplus. Of several clients, the worst counts. */
export function proofTable(text: PanelText, row: RowLabel): TablePanel {
  const select = of(row);
  const success = select('activity_last_success_timestamp_seconds');
  const due = select('activity_due_timestamp_seconds');
  const surplus = (name: 'backend_surplus_snapshots' | 'backend_surplus_bytes') =>
    `sum by (${row}) (${byBackend(name)})`;
  const ages = `max by (${row}, activity) (time() - ${success})`;
  const left = `min by (${row}) (${due}) - time()`;
  const panel = tablePanel(text)
    .unit('s')
    .noValue('–')
    .withTarget(rows(row === 'backend' ? nameSource(ages) : ages, 'age'))
    .withTarget(rows(row === 'backend' ? nameSource(left) : left, 'left'))
    .withTarget(rows(surplus('backend_surplus_snapshots'), 'snapshots'))
    .withTarget(rows(surplus('backend_surplus_bytes'), 'bytes'));
  return cellsOf(
    [
      ...matrix({ refId: 'age', column: 'activity', row }),
      withoutTime(),
      joinBy(row),
      columns({
        [row]: HEADING[row],
        audit: 'Last audit',
        'restore-check': 'Last restore check',
        'Value #left': 'Next one due in',
        'Value #bytes': 'Surplus',
        'Value #snapshots': 'Surplus snapshots',
      }),
    ].reduce((all, transformation) => all.withTransformation(transformation), panel),
  ).overrideByName(HEADING[row], [
    { id: 'custom.minWidth', value: 120 },
    ...(row === 'client' ? [{ id: 'links', value: [clientLink()] }] : []),
  ]);
}

const HEADING: Readonly<Record<RowLabel, string>> = { backend: 'Place', client: 'Client' };

function cellsOf(panel: TablePanel): TablePanel {
  const steps = [
    { color: LATE, value: null },
    { color: GOOD, value: 0 },
  ];
  return panel
    .overrideByRegexp('/^Last /', [
      { id: 'noValue', value: 'never' },
      { id: 'decimals', value: 1 },
    ])
    .overrideByName('Next one due in', [
      { id: 'decimals', value: 1 },
      { id: 'thresholds', value: { mode: 'absolute', steps } },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ])
    .overrideByName('Surplus', [{ id: 'unit', value: 'bytes' }])
    .overrideByName('Surplus snapshots', [{ id: 'unit', value: 'none' }]);
}

/** A row for each kind of finding, and a column for each place, or one for the backend. */
export function findingsTable(text: PanelText, row: RowLabel): TablePanel {
  const found = of(row)('audit_findings');
  const panel = tablePanel(text).unit('none').decimals(0).noValue('–').height(14).span(12);
  const filled =
    row === 'backend'
      ? [
          ...matrix({ refId: 'found', column: 'backend', row: 'finding', isOnly: true }),
          columns({ finding: 'Finding', source: 'source', Time: '' }),
        ].reduce(
          (all, transformation) => all.withTransformation(transformation),
          panel.withTarget(rows(nameSource(`sum by (finding, backend) (${found})`), 'found')),
        )
      : panel
          .withTarget(rows(`sum by (finding) (${found})`, 'found'))
          .withTransformation(columns({ finding: 'Finding', Value: 'Found', Time: '' }));
  return filled
    .overrideByRegexp('/^(?!Finding$)/', [
      {
        id: 'thresholds',
        value: {
          mode: 'absolute',
          steps: [
            { color: OFF, value: null },
            { color: 'text', value: 1 },
          ],
        },
      },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'custom.minWidth', value: 70 },
    ])
    .overrideByName('Finding', [
      { id: 'mappings', value: [named(findingTexts())] },
      { id: 'custom.cellOptions', value: { type: 'auto' } },
      { id: 'custom.width', value: 220 },
    ]);
}

/** `missing (critical)` */
function findingTexts(): Readonly<Record<string, { text: string }>> {
  return Object.fromEntries(
    Object.entries(AUDIT_FINDINGS).map(([name, { severity }]) => [
      name,
      { text: severity === 'ok' ? spaced(name) : `${spaced(name)} (${severity})` },
    ]),
  );
}

export const FINDINGS = {
  title: 'Findings of the last audits',
  description:
    'What the last audit of each place found, by kind. docs/operations.md explains each kind. Findings that need no action have no severity. To see the objects and what to do, run: backup-syncd audit CLIENT.',
};

export function surplusPanel(legend: string, expr: string): PanelBuilder {
  return timeseriesPanel({
    title: 'Surplus',
    description:
      'Size of what the source no longer has, as of the last audit. Nothing is deleted automatically; docs/operations.md says how to shrink a replica.',
  })
    .unit('bytes')
    .height(14)
    .withTarget(range(expr, legend));
}

export function surplusBy(label: RowLabel): string {
  return `sum by (${label}) (${byBackend('backend_surplus_bytes')})`;
}
