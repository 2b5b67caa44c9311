import { join } from 'node:path';
import { clientDirectory } from '../runit/layout.ts';

/** The hints on how to start and restart a daemon, which depend on what runs it. */
export interface Service {
  /** no daemon runs at all */
  readonly start: string;
  /** other clients have a daemon, and this one has none */
  readonly startOne: (client: string) => string;
  readonly restart: (client: string) => string;
}

const SYSTEMD: Service = {
  start: 'start it: systemctl enable --now backup-syncd, or backup-syncd run',
  startOne: () =>
    'a running daemon takes a new client within seconds; see its log, and the findings about the configuration',
  restart: () => 'restart it: systemctl restart backup-syncd',
};

/** @param runit the runit tree; undefined: this layout is not used */
export function serviceOf(runit: string | undefined): Service {
  if (runit === undefined) return SYSTEMD;
  const serviceIn = (client: string) =>
    join(clientDirectory(runit, client), 'services', 'backup-syncd');
  return {
    start: 'start it: systemctl enable --now backup-syncd-runit',
    startOne: (client) =>
      `see what its service does: sv status ${serviceIn(client)}; its log is in /var/log/backup-syncd-runit/${client}/backup-syncd/current`,
    restart: (client) => `restart it: sv -w 100 restart ${serviceIn(client)}`,
  };
}
