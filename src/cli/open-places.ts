import type { ClientConfig, RawBackendConfig } from '../config/types.ts';
import type { Location } from '../locations/location.ts';
import { SILENT_LOG } from '../log/log.ts';
import type { Context } from './context.ts';
import { opener } from './places.ts';

/** A client's source and one of its backends, for commands that look at both without running the client. */
export function openPlaces(
  context: Context,
  client: ClientConfig,
  backend: RawBackendConfig,
): { source: Location; target: Location } {
  const open = opener(context);
  const log = SILENT_LOG;
  return {
    source: open({ config: client.source, role: 'source', log }),
    target: open({ config: backend, role: 'backend', log }),
  };
}
