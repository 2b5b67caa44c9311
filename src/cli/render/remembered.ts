/**
 * Explains why the output does not come from a daemon and may be old.
 *
 * @param clients without a daemon; undefined for all
 */
export function noDaemonMessage(clients?: string): string {
  const who = clients === undefined ? '' : ` for ${clients}`;
  return `no daemon is running${who}: this is the last known state (start it with: backup-syncd run)`;
}

/** @param pid of the process that has the clients */
export function heldMessage(clients: string, pid: number): string {
  return `process ${pid} runs ${clients} but has no control socket to ask it through: this is the last saved state (a daemon recreates its socket within seconds; a 'backup-syncd sync' has none)`;
}
