import type { Care } from '../locations/care.ts';
import type { Location, Space } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';
import type { InspectionFacts, InspectOptions } from './backend.ts';
import { sinceOf, type Marker, type MarkerOwner } from './marker.ts';

/** What a raw backend is made of, and what its look asks and answers. */
export interface RawBackendOptions {
  readonly location: Location;
  readonly owner: MarkerOwner;
}

/** What a raw backend is asked, once it is known how carefully. */
export interface CarefulInspection extends InspectOptions {
  readonly care: Care;
}

export interface RawInspection {
  readonly marker: Marker;
  readonly space: Space | undefined;
  /** all of it was listed, sizes included */
  readonly isFull: boolean;
}

export interface Questions {
  readonly marker: () => Promise<Marker>;
  readonly space: () => Promise<Space | undefined>;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly config: () => Promise<string | undefined>;
  readonly listed: () => Promise<Objects>;
}

/** What is known after a look. */
export function factsOf({ marker, space, isFull }: RawInspection, now: number): InspectionFacts {
  return {
    place: {
      ...{ markerId: marker.id, since: sinceOf(marker, now), up: true, lastContact: now },
      ...(isFull && { lastListing: now }),
      ...space, // a light look does not ask for it
    },
    replaces: marker.replaces,
  };
}
