import type { Config } from '../config/types.ts';
import { daemonService } from '../runit/layout.ts';
import { findRunit } from '../runit/tree.ts';

/** Hints on how to start and restart the daemon. They depend on the service manager. */
export interface ServiceHints {
  /** if no daemon is running */
  readonly start: string;
  /** if daemons are running, but none for this client */
  readonly startClient: (client: string) => string;
  readonly restart: (client: string) => string;
}

const SYSTEMD: ServiceHints = {
  start: 'start it: systemctl enable --now backup-syncd, or backup-syncd run',
  startClient: () =>
    'a running daemon takes a new client within seconds; see its log, and the findings about the configuration',
  restart: () => 'restart it: systemctl restart backup-syncd',
};

/** The hints for a configuration; for systemd if there is none. */
export async function findServiceHints(config: Config | undefined): Promise<ServiceHints> {
  return serviceHintsOf(config && (await findRunit(config.directory)));
}

/** The hints for a runit tree; for systemd if it is undefined. Pure. */
export function serviceHintsOf(runit: string | undefined): ServiceHints {
  if (runit === undefined) return SYSTEMD;
  return {
    start: 'start it: systemctl enable --now backup-syncd-runit',
    startClient: (client) =>
      `check its service: sv status ${daemonService(runit, client)}; its log is in /var/log/backup-syncd-runit/${client}/backup-syncd/current`,
    restart: (client) => `restart it: sv -w 100 restart ${daemonService(runit, client)}`,
  };
}
