import type { CareQuestion } from '../locations/care.ts';
import type { CallOptions, Location, ReceiveOptions } from '../locations/location.ts';
import type { BackendFacts } from '../facts/facts.ts';
import type { Place } from '../facts/place.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import type { Held } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import type { Strays } from './list-objects.ts';
import type { RetiredState } from './retired-state.ts';
import type { MarkerOwner } from './marker.ts';
import type { RestoreRequest, Retirement, RetireRequest } from './retire.ts';

/** The known content of a place. */
export interface KnownContent {
  /** undefined before the first listing, and if nothing can be listed */
  readonly objects: Objects | undefined;
  /** The snapshots that are complete once there is a baseline and no loss. */
  readonly visible: Catalogue;
  /** The objects that were there and are missing now. */
  readonly lost: Objects;
  /** the minimum number of losses without a name */
  readonly lostUnnamed: number;
  /** the expected content, to be saved; undefined while unknown */
  readonly held: Held | undefined;
  /** what the last listing found beside the objects */
  readonly strays: Strays;
  readonly isDamaged: boolean;
  readonly baselineAt: number | undefined;
}

/** The port: a place for replicas, and what is known of it. */
export interface Backend {
  readonly owner: MarkerOwner;
  /** every inspection costs requests */
  readonly isRemote: boolean;
  readonly known: KnownContent;
  /** where its objects can be read; undefined if they cannot be */
  readonly readable: Location | undefined;
  /** absent if the operator's own program manages the place, and we only read it */
  readonly managed?: ManagedPlace;

  /** Inspects the place, and returns the facts about it. Rejects with the problem of the place. */
  inspect(options: InspectOptions): Promise<InspectionFacts>;

  /** Whether the operator accepted a source with this `config`. */
  accepts(configSha256: string, options: CallOptions): Promise<boolean>;
}

/** The operations on a place that has our marker. */
export interface ManagedPlace {
  /** the objects that a person moved aside there */
  readonly aside: RetiredState;

  /** Proves once, after a complete pass, that nothing in the view is missing. */
  reachBaseline(view: View, options: CallOptions & { readonly now: number }): Promise<void>;

  /**
   * Brings objects back from another replica: keys, packs, then indexes. Each is hashed on the way, and is proven to be there
   * before `onPlaced` is called with it. Objects that the other replica does not have intact are left out, and it rejects in the end.
   */
  bringBack(from: Location, objects: Objects, options: BringBackOptions): Promise<void>;

  /** Forgets everything about the content, because the marker may belong to another place. */
  forget(): void;

  /** Moves aside what the source no longer has, on request. Call it after an inspection. */
  retire(view: View, options: RetireRequest): Promise<Retirement>;

  /** Moves it back, on request. A snapshot that was complete there is complete again. */
  restore(options: RestoreRequest): Promise<Retirement>;
}

export interface BringBackOptions extends ReceiveOptions {
  readonly onPlaced: (placed: Objects) => void;
}

export interface InspectOptions extends CallOptions, Pick<CareQuestion, 'wanted' | 'isIdle'> {
  /** undefined while the source has no valid view; then nothing is listed */
  readonly view: View | undefined;
  /** of the source's `config` as last read, with or without a valid view; undefined if it was never read */
  readonly configSha256: string | undefined;
  readonly source: Location;
  /** milliseconds since the epoch */
  readonly now: number;
  /** the earlier facts about the place with its `markerId`, and about other disks that were there */
  readonly remembered: BackendFacts;
}

/** The result of an inspection. */
export interface InspectionFacts {
  readonly place: Place;
  /** former ids of the marker there: what was known under them was known of this place */
  readonly replaces?: readonly string[] | undefined;
  /** `config` of the view, if that is whole where a script brings it */
  readonly wholeConfig?: string | undefined;
}
