import type { PlaceConfig } from '../place-config.ts';

export interface DirectoryConfig extends PlaceConfig {
  readonly directory: string;
  /** of a source */
  readonly watch?: boolean;
  /** of what is verified */
  readonly listEveryMs?: number;
}
