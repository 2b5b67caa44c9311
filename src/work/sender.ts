import type { Care } from '../locations/care.ts';
import type { Contents } from '../facts/contents.ts';
import type { Amount } from '../replication/pass.ts';
import type { CorruptSourceObject, SyncOptions } from '../replication/sync.ts';
import type { View } from '../repository/view.ts';

/** The port: how a view gets to a backend. Call it after an inspection of the backend. */
export interface Sender {
  /** Whether nothing of this view is known to be missing there. */
  isIdle(view: View | undefined): boolean;

  /** The work for a view. */
  work(view: View, cause: Cause): Work;

  /** Does the work. Rejects with a classified SyncdError, or an AbortError. */
  send(view: View, options: SendOptions): Promise<Sent>;
}

/** Why a pass runs: by schedule, or on request. */
export type Cause = 'schedule' | 'request';

/** The objects known to be missing there. */
export interface Work extends Amount {
  readonly isNothing: boolean;
  /** for people, logged at the start */
  readonly summary: string;
}

export interface SendOptions extends Omit<SyncOptions, 'target' | 'known' | 'isStillThere'> {
  readonly freshView: FreshView;
}

/** Takes a view again. */
export type FreshView = (signal: AbortSignal, care: Exclude<Care, 'poll'>) => Promise<View>;

export interface Sent {
  /** what is complete at the backend now, unless something was held back: the view without objects that were gone from the source */
  readonly view: View;
  readonly corrupt: readonly CorruptSourceObject[];
  readonly replans: number;
  /** facts that must survive a restart */
  readonly remember?: Pick<Contents, 'told' | 'wholeConfig'>;
}
