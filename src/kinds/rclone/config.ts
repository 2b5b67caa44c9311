import type { PlaceConfig } from '../place-config.ts';

export interface RcloneConfig extends PlaceConfig {
  /** `remote:path` */
  readonly rclone: string;
  /** absent: the environment defines the remote */
  readonly rcloneConfig?: string;
  /** bytes a second */
  readonly bandwidth?: number;
  readonly probeEveryMs?: number;
  readonly listEveryMs?: number;
}
