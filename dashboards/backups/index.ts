import {
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
import { firingAlerts } from './alerts.ts';
import { clientsTable } from './clients.ts';
import * as numbers from './numbers.ts';

/** Where something is wrong, of all clients. */
export function backupsDashboard(): DashboardBuilder {
  return createDashboard({
    uid: BACKUPS_UID,
    title: 'Backups',
    description: 'All clients of backup-syncd, in every place: what is not as it should be.',
  })
    .link(linkTo(CLIENT_UID, 'Backup client'))
    .variables([datasourceVariable(), ...targetVariables(), clientsVariable(), backendsVariable()])
    .withPanel(numbers.notProtected())
    .withPanel(numbers.sourcesUnusable())
    .withPanel(numbers.sourcesToCheck())
    .withPanel(numbers.overdue())
    .withPanel(numbers.backendsDown())
    .withPanel(numbers.firstCopies())
    .withPanel(numbers.oldestContact())
    .withPanel(numbers.exportersDown())
    .withPanel(firingAlerts())
    .withPanel(clientsTable());
}
