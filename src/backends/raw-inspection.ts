import type { Care } from '../locations/care.ts';
import type { Location, Space } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';
import type { InspectionFacts, InspectOptions } from './backend.ts';
import { sinceOf, type Marker, type MarkerOwner } from './marker.ts';

/** The parts of a raw backend, and the questions and answers of its inspection. */
export interface RawBackendOptions {
  readonly location: Location;
  /** its kind is a remote */
  readonly isRemote: boolean;
  readonly owner: MarkerOwner;
}

/** The options of an inspection with its care decided. */
export interface CarefulInspection extends InspectOptions {
  readonly care: Care;
}

export interface RawInspection {
  readonly marker: Marker;
  readonly space: Space | undefined;
  /** all of it was listed, including sizes */
  readonly isFull: boolean;
}

export interface Questions {
  readonly marker: () => Promise<Marker>;
  readonly space: () => Promise<Space | undefined>;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly config: () => Promise<string | undefined>;
  readonly listed: () => Promise<Objects>;
}

/** The facts after an inspection. */
export function factsOf({ marker, space, isFull }: RawInspection, now: number): InspectionFacts {
  return {
    place: {
      ...{ markerId: marker.id, since: sinceOf(marker, now), up: true, lastContact: now },
      ...(isFull && { lastListing: now }),
      ...space, // a light inspection does not ask for it
    },
    replaces: marker.replaces,
  };
}
