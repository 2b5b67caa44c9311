import { disabledState } from '../client/disabled-state.ts';
import { stalledAfterMs, type LoopProgress } from '../client/loop-progress.ts';
import type { Config } from '../config/types.ts';
import type { DaemonPicture } from '../report/types.ts';
import { optional } from '../runtime/optional.ts';

interface Seen {
  /** of the clients that run */
  readonly loops: readonly LoopProgress[];
  readonly config: Config;
  /** by client: why it does not run, or not with its newest configuration */
  readonly refusals: Iterable<readonly [client: string, error: string]>;
  /** why the newest backup-syncd.yaml is not in use */
  readonly configError: string | undefined;
  readonly startedAt: number;
  readonly now: number;
}

/** The state of a daemon, without the reports of its clients, which take longer to derive. */
export function daemonPicture(seen: Seen): DaemonPicture {
  const { loops, config, configError, startedAt, now } = seen;
  const running = new Set(loops.map(({ client }) => client));
  const refused = [...new Map(seen.refusals)]
    .filter(([client]) => !running.has(client))
    .map(([client, error]) => ({ client, error }));
  const known = new Set([...running, ...refused.map(({ client }) => client)]);
  const disabled = config.disabled.map(disabledState);
  return {
    refused,
    unknown: config.clients
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => ({ client: name, message: 'it has not started yet' })),
    ...(disabled.length > 0 && { disabled }),
    notReady: loops
      .filter(({ lastScanAt = startedAt, pollMs }) => now - lastScanAt > stalledAfterMs(pollMs))
      .map(({ client }) => ({ client, message: 'its loop has not checked the source lately' })),
    ...optional({ discovery: config.discovery, configError }),
  };
}
