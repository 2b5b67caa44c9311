import { join } from 'node:path';

/** The folder beside the configuration that makes it the layout with runit (docs/runit.md). */
export const RUNIT_FOLDER = 'runit';

/** The directory of the services of clients, below `runit`. */
export const SERVICES_FOLDER = 'clients';

/** Links to the directories in `clients/` whose services run. */
export const LINKS_FOLDER = 'enabled';

/** The directory that is copied for a new client. */
export const TEMPLATE_FOLDER = 'template';

/** @param configDirectory an absolute path */
export function runitDirectory(configDirectory: string): string {
  return join(configDirectory, RUNIT_FOLDER);
}

/** The directory that runit runs for a client, with its services in `services/`. */
export function clientDirectory(runit: string, client: string): string {
  return join(runit, SERVICES_FOLDER, client);
}

/** The services of a client, below its directory. */
export const CLIENT_SERVICES_FOLDER = 'services';

/** The service that runs the daemon of a client. */
export const DAEMON_SERVICE = 'backup-syncd';

/** The path of the daemon's service. */
export function daemonService(runit: string, client: string): string {
  return join(clientDirectory(runit, client), CLIENT_SERVICES_FOLDER, DAEMON_SERVICE);
}

/** The link that makes runit run a client. */
export function linkOf(runit: string, client: string): string {
  return join(runit, LINKS_FOLDER, client);
}

/** The text of that link. */
export function linkTarget(client: string): string {
  return join('..', SERVICES_FOLDER, client);
}
