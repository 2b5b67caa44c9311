import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { GOOD, LATE, tablePanel } from './common.ts';
import { clientLink } from './links.ts';
import { byClient, rows } from './queries.ts';
import { columns, joinBy, withoutTime } from './transformations.ts';

const AT_0 = {
  overdue: [
    { color: GOOD, value: null },
    { color: LATE, value: 1 },
  ],
  left: [
    { color: LATE, value: null },
    { color: GOOD, value: 0 },
  ],
};

/** A row for each client that expects snapshots of certain hosts and paths. */
export function groupsTable(): PanelBuilder {
  const panel = tablePanel({
    title: 'Expected hosts and paths',
    description:
      'Combinations of a host and a path that expect.hosts and expect.paths ask for, how many of them have no recent snapshot, and when the next one is due. Below 0, it is overdue. To see which ones, run: backup-syncd status CLIENT.',
  })
    .height(5)
    .unit('none')
    .noValue('unknown')
    .withTarget(rows(byClient('expected_groups'), 'expected'))
    .withTarget(rows(byClient('groups_overdue'), 'overdue'))
    .withTarget(rows(`${byClient('group_due_timestamp_seconds')} - time()`, 'left'));
  return [
    withoutTime(),
    joinBy('client'),
    columns({
      client: 'Client',
      'Value #expected': 'Expected',
      'Value #overdue': 'Overdue',
      'Value #left': 'Next one due in',
    }),
  ]
    .reduce((all, transformation) => all.withTransformation(transformation), panel)
    .overrideByName('Client', [{ id: 'links', value: [clientLink()] }])
    .overrideByName('Overdue', coloured(AT_0.overdue))
    .overrideByName('Next one due in', [
      ...coloured(AT_0.left),
      { id: 'unit', value: 's' },
      { id: 'decimals', value: 1 },
    ]);
}

function coloured(steps: readonly { readonly color: string; readonly value: number | null }[]) {
  return [
    { id: 'thresholds', value: { mode: 'absolute', steps } },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}
