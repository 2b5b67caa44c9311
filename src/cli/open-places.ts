import type { BackendConfig, ClientConfig } from '../config/types.ts';
import type { Location } from '../locations/location.ts';
import { SILENT_LOG } from '../log/log.ts';
import type { Context } from './context.ts';
import { placeTraits } from '../kinds/traits.ts';
import { openers } from './places.ts';

/** A client's source and one of its backends, for commands that look at both without running the client. */
export async function openPlaces(
  context: Context,
  client: ClientConfig,
  backend: BackendConfig,
): Promise<{ source: Location; target: Location; isRemote: boolean }> {
  const { openLocation: open } = await openers(context);
  const log = SILENT_LOG;
  return {
    source: open({ config: client.source, role: 'source', log }),
    target: open({ config: backend, role: 'backend', log }),
    isRemote: placeTraits(backend).isRemote,
  };
}
