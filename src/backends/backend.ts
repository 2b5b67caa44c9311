import type { Care, CareQuestion } from '../locations/care.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import type { BackendFacts } from '../report/facts.ts';
import type { CorruptSourceObject, SyncOptions } from '../replication/sync.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import type { Held } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import type { MarkerOwner } from './marker.ts';
import type { Aside } from './aside.ts';
import type { Retirement, RetireRequest } from './retire.ts';

/** The port: what a worker drives. A place for replicas, and the way to bring a view there. */
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
  /** what a person had moved aside there; absent where that is none of our business */
  readonly aside?: Aside;

  /** Does ahead of a pass what needs no view of the source. */
  prepare(options: CallOptions): Promise<void>;

  /** The probe. Rejects with what is wrong with the place; answers what is now known of it. */
  look(options: LookOptions): Promise<LookFacts>;

  /** What there is to do for a view; to be asked after a look. */
  work(view: View, cause: Cause): Work;

  /** Does it. Rejects with a classified SyncdError, or an AbortError. */
  send(view: View, options: SendOptions): Promise<Sent>;

  /** After a whole pass: proves once that nothing of the view is missing. */
  reachBaseline(view: View, options: CallOptions & { readonly now: number }): Promise<void>;

  /** Takes nothing for known any more of what is there. */
  forget(): void;

  /** Moves aside what the source no longer has, as a person asks; absent where that is none of our business. To be asked after a look. */
  retire?(view: View, options: RetireRequest): Promise<Retirement>;

  /** Whether the operator has accepted a source with this `config`. */
  accepts(configSha256: string, options: CallOptions): Promise<boolean>;
}

export interface LookOptions extends CallOptions, Pick<CareQuestion, 'wanted' | 'isListingDue'> {
  /** undefined while the source has no valid view: then nothing is listed */
  readonly view: View | undefined;
  /** of the source's `config` as it was last read, with a valid view or without; undefined when it never was */
  readonly configSha256: string | undefined;
  readonly source: Location;
  /** milliseconds since the epoch */
  readonly now: number;
  readonly remembered: Remembered;
}

/** What is known from before: of the place with this `markerId`, and of other disks that were there. */
export type Remembered = Partial<BackendFacts> & Pick<BackendFacts, 'lost'>;

/** What a look found out, as it is remembered. */
export interface LookFacts extends FoundFacts {
  /** former ids of the marker there: what was known under them was known of this place */
  readonly replaces?: readonly string[] | undefined;
}

type FoundFacts = Pick<
  BackendFacts,
  | 'markerId'
  | 'since'
  | 'up'
  | 'lastContact'
  | 'lastListing'
  | 'wholeConfig'
  | 'freeBytes'
  | 'totalBytes'
>;

/** Why a pass runs: it is time, or something asks for it now. */
export type Cause = 'schedule' | 'request';

export interface Work {
  readonly isNothing: boolean;
  /** what is known to be missing there */
  readonly objects: number;
  /** undefined when nobody knows */
  readonly bytes?: number | undefined;
  /** for people, in the log when it begins */
  readonly summary: string;
}

export interface SendOptions extends Omit<SyncOptions, 'target' | 'onConfigPlaced'> {
  readonly freshView: FreshView;
  /** called with what there is to do, at first and each time the view was taken anew */
  readonly onWork: (work: Amount) => void;
  /** called when another program shows that it lives; with what is left, where that is known */
  readonly onAlive: (left?: Amount) => void;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

export type Amount = Pick<Work, 'objects' | 'bytes'>;

/** Takes a view anew. */
export type FreshView = (signal: AbortSignal, care: Exclude<Care, 'poll'>) => Promise<View>;

export interface Sent {
  /** what is whole at the backend now, unless something was withheld: the view without what was gone from the source */
  readonly view: View;
  readonly corrupt: readonly CorruptSourceObject[];
  readonly replans: number;
  /** what is to be known after a restart */
  readonly remember?: Pick<BackendFacts, 'told' | 'wholeConfig'>;
}
