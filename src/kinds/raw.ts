import { RawBackend } from '../backends/raw-backend.ts';
import { RawSender } from '../work/sync/raw-sender.ts';
import type { PlaceConfig } from './place-config.ts';
import type { OpenBackend, OpenedBackend } from './opening.ts';

/** Opens a backend that holds the objects of the source unchanged, with our marker. */
export function open(
  config: PlaceConfig,
  { owner, isRemote, openLocation }: OpenBackend,
): OpenedBackend {
  const backend = new RawBackend({ owner, isRemote, location: openLocation(config, 'backend') });
  return { backend, sender: new RawSender(backend) };
}
