import type { CareQuestion } from '../locations/care.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import type { BackendFacts } from '../facts/facts.ts';
import type { Place } from '../facts/place.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import type { Held } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import type { RetiredState } from './retired-state.ts';
import type { MarkerOwner } from './marker.ts';
import type { Retirement, RetireRequest } from './retire.ts';

/** The port: a place for replicas, and what is known of it. */
export interface Backend {
  readonly owner: MarkerOwner;
  /** every look costs requests */
  readonly isRemote: boolean;
  /** What is known to be there; undefined before the first listing, and where nothing can be listed. */
  readonly objects: Objects | undefined;
  /** The snapshots there that are complete once there is a baseline and no loss. */
  readonly visible: Catalogue;
  /** What was there and is not any more. */
  readonly lost: Objects;
  /** losses that nobody can name; at least so many */
  readonly lostUnnamed: number;
  /** what should be there, to be remembered; undefined while that is not known */
  readonly held: Held | undefined;
  readonly isDamaged: boolean;
  readonly baselineAt: number | undefined;
  /** absent where a program of the operator's keeps the place, and we only look */
  readonly managed?: ManagedPlace;

  /** The probe. Rejects with what is wrong with the place; answers what is now known of it. */
  inspect(options: InspectOptions): Promise<InspectionFacts>;

  /** Whether the operator has accepted a source with this `config`. */
  accepts(configSha256: string, options: CallOptions): Promise<boolean>;
}

/** What can be done at a place that has a marker of ours. */
export interface ManagedPlace {
  /** what a person had moved aside there */
  readonly aside: RetiredState;

  /** Does ahead of a pass what needs no view of the source. */
  prepare(options: CallOptions): Promise<void>;

  /** After a whole pass: proves once that nothing of the view is missing. */
  reachBaseline(view: View, options: CallOptions & { readonly now: number }): Promise<void>;

  /** Takes nothing for known any more of what is there: the marker may be another place's, too. */
  forget(): void;

  /** Moves aside what the source no longer has, as a person asks. To be asked after a look. */
  retire(view: View, options: RetireRequest): Promise<Retirement>;
}

export interface InspectOptions extends CallOptions, Pick<CareQuestion, 'wanted' | 'isIdle'> {
  /** undefined while the source has no valid view: then nothing is listed */
  readonly view: View | undefined;
  /** of the source's `config` as it was last read, with a valid view or without; undefined when it never was */
  readonly configSha256: string | undefined;
  readonly source: Location;
  /** milliseconds since the epoch */
  readonly now: number;
  /** what is known from before: of the place with its `markerId`, and of other disks that were there */
  readonly remembered: BackendFacts;
}

/** What a look found out. */
export interface InspectionFacts {
  readonly place: Place;
  /** former ids of the marker there: what was known under them was known of this place */
  readonly replaces?: readonly string[] | undefined;
  /** `config` of the view, if that is whole where a script brings it */
  readonly wholeConfig?: string | undefined;
}
