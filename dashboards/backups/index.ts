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
  clientsVariable,
  datasourceVariable,
  targetVariables,
} from '../variables.ts';
import { alertsTable } from '../alerts.ts';
import { backendsDown, firstCopies, oldestContact } from '../backend-numbers.ts';
import { rowPanel } from '../common.ts';
import { groupsTable } from '../groups.ts';
import { FINDINGS, findingsTable, proofTable, surplusBy, surplusPanel } from '../proof.ts';
import { clientsTable } from './clients.ts';
import * as daemon from './daemon.ts';
import * as numbers from './numbers.ts';
import * as trends from './trends.ts';

/** The problems of all clients. */
export function backupsDashboard(): DashboardBuilder {
  return createDashboard({
    uid: BACKUPS_UID,
    title: 'Backups',
    description: 'All clients of backup-syncd, in every place, and their problems.',
  })
    .link(linkTo(CLIENT_UID, 'Backup client'))
    .link(linkTo(BACKEND_UID, 'Backup backend'))
    .variables([datasourceVariable(), ...targetVariables(), clientsVariable(), backendsVariable()])
    .withPanel(numbers.notProtected())
    .withPanel(numbers.sourcesUnusable())
    .withPanel(numbers.sourcesToCheck())
    .withPanel(numbers.overdue())
    .withPanel(backendsDown('Backends down'))
    .withPanel(firstCopies())
    .withPanel(oldestContact())
    .withPanel(numbers.exportersDown())
    .withPanel(alertsTable('client=~"$client|", backend=~"$backend|"'))
    .withPanel(clientsTable())
    .withRow(rowPanel('Replication'))
    .withPanel(trends.lag())
    .withPanel(trends.throughput())
    .withRow(rowPanel('Space'))
    .withPanel(trends.spaceTable())
    .withPanel(trends.free())
    .withPanel(trends.growth())
    .withRow(rowPanel('Proof'))
    .withPanel(
      proofTable(
        {
          title: 'Places: proof',
          description:
            'For each place, how long ago the last audit and the last restore check succeeded, at the client where that is longest ago, and what the source no longer has. Below 0, one is overdue.',
        },
        'backend',
      ).height(6),
    )
    .withPanel(findingsTable(FINDINGS, 'backend'))
    .withPanel(surplusPanel('{{backend}}', surplusBy('backend')))
    .withPanel(groupsTable())
    .withRow(rowPanel('Daemon'))
    .withPanel(daemon.memory())
    .withPanel(daemon.eventLoop())
    .withPanel(daemon.scrape())
    .withPanel(daemon.droppedLines())
    .withPanel(daemon.unsaved())
    .withPanel(daemon.unconfigured());
}
