import type { Location } from '../../locations/location.ts';
import { RcloneLocation } from '../../locations/rclone/rclone-location.ts';
import type { MakePlace, OpenPlace } from '../opening.ts';
import type { PlaceConfig } from '../place-config.ts';
import type { RcloneConfig } from './config.ts';

export function open(config: PlaceConfig, how: OpenPlace): Location {
  return locationOf(config, how);
}

export async function make(config: PlaceConfig, how: MakePlace): Promise<boolean> {
  return locationOf(config, how).make(how);
}

function locationOf(config: PlaceConfig, { role, env, silenceMs }: OpenPlace): RcloneLocation {
  const { rclone: remote, rcloneConfig: configFile, bandwidth } = config as RcloneConfig;
  return new RcloneLocation({
    remote,
    configFile,
    role,
    bandwidth,
    env,
    ...(silenceMs !== undefined && { silenceMs }),
  });
}
