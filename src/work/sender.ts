import type { Care } from '../locations/care.ts';
import type { Contents } from '../facts/contents.ts';
import type { Amount } from '../replication/pass.ts';
import type { CorruptSourceObject, SyncOptions } from '../replication/sync.ts';
import type { View } from '../repository/view.ts';

/** The port: how a view gets to a backend. To be asked after a look at the backend. */
export interface Sender {
  /** Whether nothing was to be done for this view when that was last asked, and nothing changed at the backend since. */
  isIdle(view: View | undefined): boolean;

  /** What there is to do for a view. */
  work(view: View, cause: Cause): Work;

  /** Does it. Rejects with a classified SyncdError, or an AbortError. */
  send(view: View, options: SendOptions): Promise<Sent>;
}

/** Why a pass runs: it is time, or something asks for it now. */
export type Cause = 'schedule' | 'request';

/** What is known to be missing there. */
export interface Work extends Amount {
  readonly isNothing: boolean;
  /** for people, in the log when it begins */
  readonly summary: string;
}

export interface SendOptions extends Omit<SyncOptions, 'target' | 'known'> {
  readonly freshView: FreshView;
}

/** Takes a view anew. */
export type FreshView = (signal: AbortSignal, care: Exclude<Care, 'poll'>) => Promise<View>;

export interface Sent {
  /** what is whole at the backend now, unless something was withheld: the view without what was gone from the source */
  readonly view: View;
  readonly corrupt: readonly CorruptSourceObject[];
  readonly replans: number;
  /** what is to be known after a restart */
  readonly remember?: Pick<Contents, 'told' | 'wholeConfig'>;
}
