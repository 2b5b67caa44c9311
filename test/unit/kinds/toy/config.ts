import type { PlaceConfig } from '../../../../src/kinds/place-config.ts';

export interface ToyConfig extends PlaceConfig {
  readonly toy: string;
}
