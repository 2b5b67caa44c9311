import type { Care } from '../locations/care.ts';
import type { Location, Space } from '../locations/location.ts';
import type { Present } from '../replication/plan.ts';
import type { InspectionFacts, InspectOptions } from './backend.ts';
import { sinceOf, type Marker, type MarkerOwner } from './marker.ts';

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

/** The part of an inspection that needs no marker. */
export interface EarlyInspection {
  /** the content, if it was inspected lightly */
  readonly light: Present | undefined;
  readonly space: Space | undefined;
  readonly configSha256: string | undefined;
}

export interface RawInspection {
  readonly marker: Marker;
  readonly space: Space | undefined;
  /** all of it was listed, including sizes */
  readonly isFull: boolean;
}

/** The facts after an inspection. */
export function factsOf({ marker, space, isFull }: RawInspection, now: number): InspectionFacts {
  return {
    place: {
      markerId: marker.id,
      since: sinceOf(marker, now),
      up: true,
      lastContact: now,
      ...(isFull && { lastListing: now }),
      ...space, // a light inspection does not ask for it
    },
    replaces: marker.replaces,
  };
}
