import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { GOOD, LATE, statPanel, thresholds } from '../common.ts';
import { countOf, countPanel } from '../counts.ts';
import { clientLink } from '../links.ts';
import { excused } from '../offline.ts';
import { problemsTable } from '../problems.ts';
import { byBackend, instant } from '../queries.ts';
import { freeBytes, totalBytes } from '../space.ts';

const CONFIGURED = byBackend('expected_replication_lag_seconds');

export function clients(): PanelBuilder {
  return statPanel({
    title: 'Clients',
    description: 'Clients for which this backend is configured.',
  })
    .height(3)
    .span(6)
    .unit('none')
    .thresholds(thresholds([['text', null]]))
    .withTarget(instant(`count(${CONFIGURED})`));
}

export function late(): PanelBuilder {
  const lag = byBackend('backend_replication_lag_seconds');
  const isFirst = `${byBackend('backend_initial_copy')} == 1`;
  return countPanel(
    {
      title: 'Late for clients',
      description:
        'Clients with a snapshot that this backend has owed for longer than allowed. Excludes first copies, a rotated disk while it may be away, and paused backends.',
    },
    LATE,
  ).withTarget(
    instant(countOf(`${lag} > ${CONFIGURED} unless ${isFirst} unless ${excused()}`, CONFIGURED)),
  );
}

export function free(): PanelBuilder {
  return statPanel({
    title: 'Free, % of disk',
    description:
      'Free space as a percentage of the disk. An alert fires below 10 %. If the clients have several disks, this is the fullest.',
  })
    .height(3)
    .span(8)
    .unit('percentunit')
    .decimals(0)
    .thresholds(
      thresholds([
        [LATE, null],
        [GOOD, 0.1],
      ]),
    )
    .withTarget(instant(`${freeBytes()} / ${totalBytes()}`).legendFormat('free'));
}

/** A row for each client, worst first. */
export function problems(): TablePanel {
  return problemsTable(
    {
      title: 'Clients on this backend, worst first',
      description:
        'What this backend is doing for each client, its problem if there is one, and what is missing. To see what to do, run: backup-syncd status CLIENT.',
    },
    { label: 'client', heading: 'Client', link: clientLink() },
  ).height(9);
}
