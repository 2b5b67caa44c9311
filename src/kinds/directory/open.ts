import { DirectoryLocation } from '../../locations/directory/directory-location.ts';
import type { Location } from '../../locations/location.ts';
import type { MakePlace, OpenPlace } from '../opening.ts';
import type { PlaceConfig } from '../place-config.ts';
import type { DirectoryConfig } from './config.ts';
import { makeDirectory } from './make.ts';

export function open(config: PlaceConfig, { role, pool, silenceMs, log }: OpenPlace): Location {
  const { directory: root } = config as DirectoryConfig;
  return new DirectoryLocation({
    root,
    role,
    pool,
    ...(silenceMs !== undefined && { silenceMs }),
    onLimitation: (message) => log.warn({}, message),
  });
}

export async function make(config: PlaceConfig, { owner }: MakePlace): Promise<boolean> {
  return makeDirectory((config as DirectoryConfig).directory, owner);
}
