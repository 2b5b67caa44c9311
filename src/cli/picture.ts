import { disabledState } from '../client/disabled-state.ts';
import { stalledAfterMs } from '../client/turning.ts';
import type { Config } from '../config/types.ts';
import type { ClientReport, DaemonPicture, Picture } from '../report/types.ts';

interface Seen {
  /** the reports of those that run */
  readonly clients: readonly ClientReport[];
  readonly config: Config;
  /** by client: why it does not run, or not with its newest configuration */
  readonly refusals: Iterable<readonly [client: string, error: string]>;
  /** why the newest backup-syncd.yaml is not in use */
  readonly configError: string | undefined;
  readonly startedAt: number;
  readonly now: number;
}

/** The state of a daemon and its clients. */
export function makePicture(seen: Seen): Picture {
  const { clients, config, configError, startedAt, now } = seen;
  const running = new Set(clients.map(({ client }) => client));
  const refused = [...new Map(seen.refusals)]
    .filter(([client]) => !running.has(client))
    .map(([client, error]) => ({ client, error }));
  const known = new Set([...running, ...refused.map(({ client }) => client)]);
  const disabled = config.disabled.map(disabledState);
  return {
    clients,
    refused,
    unknown: config.clients
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => ({ client: name, message: 'it has not started yet' })),
    ...(disabled.length > 0 && { disabled }),
    ...(config.discovery !== undefined && { discovery: config.discovery }),
    notReady: clients
      .filter(
        ({ source, pollMs }) => now - (source.lastScanAt ?? startedAt) > stalledAfterMs(pollMs),
      )
      .map(({ client }) => ({ client, message: 'its loop has not checked the source lately' })),
    ...(configError !== undefined && { configError }),
  };
}

export function withoutClients({ clients: _, ...rest }: Picture): DaemonPicture {
  return rest;
}
