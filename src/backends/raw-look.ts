import type { Location, Space } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';
import type { LookFacts } from './backend.ts';
import { sinceOf, type Marker, type MarkerOwner } from './marker.ts';

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

/** What is known after a look. */
export function factsOf({ marker, space }: Look, now: number, isListed: boolean): LookFacts {
  return {
    ...{ markerId: marker.id, replaces: marker.replaces, since: sinceOf(marker, now) },
    ...{ up: true, lastContact: now },
    ...(isListed && { lastListing: now }),
    ...space, // a light look does not ask for it
  };
}
