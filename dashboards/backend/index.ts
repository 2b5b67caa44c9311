import { alertsTable } from '../alerts.ts';
import { backendsDown, firstCopies, oldestContact } from '../backend-numbers.ts';
import { rowPanel } from '../common.ts';
import { FINDINGS, findingsTable, proofTable, surplusPanel } from '../proof.ts';
import { byClient } from '../queries.ts';
import { topClients } from './top.ts';
import {
  BACKEND_UID,
  BACKUPS_UID,
  CLIENT_UID,
  createDashboard,
  linkTo,
  type DashboardBuilder,
} from '../dashboard.ts';
import {
  clientsOfBackendVariable,
  datasourceVariable,
  oneBackendVariable,
  targetVariables,
} from '../variables.ts';
import { forecastPanel } from '../space.ts';
import * as activity from './activity.ts';
import * as capacity from './capacity.ts';
import * as now from './now.ts';

/** Everything about one backend, for all clients that use it. */
export function backendDashboard(): DashboardBuilder {
  return createDashboard({
    uid: BACKEND_UID,
    title: 'Backup backend',
    description: 'One backend of backup-syncd: its clients, how full it is, and why passes failed.',
  })
    .link(linkTo(BACKUPS_UID, 'All backups'))
    .link(linkTo(CLIENT_UID, 'Backup client'))
    .variables([
      datasourceVariable(),
      ...targetVariables(),
      oneBackendVariable(),
      clientsOfBackendVariable(),
    ])
    .withRow(rowPanel('Now'))
    .withPanel(now.clients())
    .withPanel(backendsDown('Down for clients'))
    .withPanel(now.late())
    .withPanel(firstCopies())
    .withPanel(oldestContact().span(8))
    .withPanel(now.free())
    .withPanel(forecastPanel().height(3).span(8))
    .withPanel(now.problems())
    .withPanel(alertsTable('client=~"$client", backend=~"$backend"'))
    .withRow(rowPanel('Capacity'))
    .withPanel(capacity.space())
    .withPanel(capacity.largest())
    .withRow(rowPanel('Proof'))
    .withPanel(
      proofTable(
        {
          title: 'Clients: proof',
          description:
            'For each client, how long ago the last audit and the last restore check of this backend succeeded, and what the source no longer has. Below 0, one is overdue.',
        },
        'client',
      ).height(9),
    )
    .withPanel(findingsTable(FINDINGS, 'client'))
    .withPanel(surplusPanel('{{client}}', topClients(byClient('backend_surplus_bytes'))))
    .withRow(rowPanel('Replication'))
    .withPanel(activity.lag())
    .withPanel(activity.states())
    .withPanel(activity.throughput())
    .withPanel(activity.pending())
    .withPanel(activity.failures());
}
