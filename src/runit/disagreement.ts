import { DAEMON_SERVICE } from './layout.ts';
import type { Services } from './tree.ts';

/** A difference between runit and a client's file; undefined if they agree. */
export interface Disagreement {
  readonly message: string;
  readonly hint: string;
}

/** The file decides, and the commands make the link follow it. Pure. */
export function findDisagreement(
  client: string,
  isEnabled: boolean,
  { link, names }: Services,
): Disagreement | undefined {
  if (link === 'foreign')
    return {
      message: `what has the name of ${client} in runit/enabled is not a link to its services`,
      hint: `move it away, then run: backup-syncd client ${isEnabled ? 'enable' : 'disable'} ${client}`,
    };
  if (isEnabled && link === 'none')
    return {
      message: `${client} is enabled, but runit does not run it`,
      hint: `run: backup-syncd client enable ${client}`,
    };
  if (isEnabled && names === undefined)
    return {
      message: `${client} is enabled, but it has no services in runit/clients`,
      hint: `run: backup-syncd client enable ${client}`,
    };
  if (isEnabled && names?.includes(DAEMON_SERVICE) === false)
    return {
      message: `${client} is enabled, but runit runs no daemon for it, because it has no service ${DAEMON_SERVICE}`,
      hint: `copy that service from runit/template/services to runit/clients/${client}/services`,
    };
  if (!isEnabled && link === 'ours')
    return {
      message: `${client} is disabled, but runit runs its services`,
      hint: `run: backup-syncd client disable ${client} --reason TEXT`,
    };
  return undefined;
}
