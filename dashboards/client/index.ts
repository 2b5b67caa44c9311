import { alertsTable } from '../alerts.ts';
import { rowPanel } from '../common.ts';
import { groupsTable } from '../groups.ts';
import { FINDINGS, findingsTable, proofTable, surplusBy, surplusPanel } from '../proof.ts';
import {
  BACKEND_UID,
  BACKUPS_UID,
  CLIENT_UID,
  createDashboard,
  linkTo,
  type DashboardBuilder,
} from '../dashboard.ts';
import {
  backendsVariable,
  datasourceVariable,
  oneClientVariable,
  targetVariables,
} from '../variables.ts';
import * as now from './now.ts';
import * as replication from './replication.ts';
import * as sizes from './sizes.ts';

/** Everything about one client. */
export function clientDashboard(): DashboardBuilder {
  return createDashboard({
    uid: CLIENT_UID,
    title: 'Backup client',
    description: 'One client of backup-syncd: its state in every place, and its problems.',
  })
    .link(linkTo(BACKUPS_UID, 'All backups'))
    .link(linkTo(BACKEND_UID, 'Backup backend'))
    .variables([
      datasourceVariable(),
      ...targetVariables(),
      oneClientVariable(),
      backendsVariable(),
    ])
    .withRow(rowPanel('Now'))
    .withPanel(now.source())
    .withPanel(now.protection())
    .withPanel(now.newest())
    .withPanel(now.due())
    .withPanel(now.protectedSince())
    .withPanel(now.copies())
    .withPanel(now.corrupt())
    .withPanel(now.backends())
    .withPanel(alertsTable('client=~"$client", backend=~"$backend|"'))
    .withRow(rowPanel('Replication'))
    .withPanel(replication.lag())
    .withPanel(replication.arrivals())
    .withPanel(replication.states())
    .withPanel(replication.pending())
    .withPanel(replication.rate())
    .withPanel(replication.failures())
    .withRow(rowPanel('Proof'))
    .withPanel(
      proofTable(
        {
          title: 'Places: proof',
          description:
            'For each place, how long ago the last audit and the last restore check succeeded, and what the source no longer has. Below 0, one is overdue.',
        },
        'backend',
      ).height(6),
    )
    .withPanel(findingsTable(FINDINGS, 'backend'))
    .withPanel(surplusPanel('{{backend}}', surplusBy('backend')))
    .withPanel(groupsTable())
    .withRow(rowPanel('Space and locks'))
    .withPanel(sizes.sizes())
    .withPanel(sizes.fullIn())
    .withPanel(sizes.locks());
}
