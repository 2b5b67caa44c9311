import type { Location, Space } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';
import type { Marker, MarkerOwner } from './marker.ts';

/** What a raw backend is made of, and what its look asks and answers. */
export interface RawBackendOptions {
  readonly location: Location;
  readonly owner: MarkerOwner;
}

export interface HowToList {
  /** trusting nothing that is remembered */
  readonly full: boolean;
  readonly isPoll?: boolean;
}

export interface Look {
  readonly marker: Marker;
  readonly space: Space | undefined;
}

export interface Questions {
  readonly marker: () => Promise<Marker>;
  readonly space: () => Promise<Space | undefined>;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly config: () => Promise<string | undefined>;
  readonly listed: () => Promise<Objects>;
}
