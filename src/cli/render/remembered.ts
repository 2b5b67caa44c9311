/** Why what is shown does not come from a daemon, and so may be old. */

/** @param clients for which nobody runs; undefined for all */
export function nobodyRuns(clients?: string): string {
  const who = clients === undefined ? '' : ` for ${clients}`;
  return `no daemon runs${who}: this is what was last known (start it with: backup-syncd run)`;
}

/** @param pid of the process that has the clients */
export function isHeld(clients: string, pid: number): string {
  return `process ${pid} has ${clients} and cannot be asked, as it has no control socket: this is what was last saved (a daemon makes its socket again within seconds; a 'backup-syncd sync' has none)`;
}
