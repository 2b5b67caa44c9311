import type { Pause } from '../facts/pauses.ts';

/** What a person wants to be left alone: a client as a whole, or one of its backends. */
interface PauseTarget {
  readonly backend?: string | undefined;
}

export interface PauseRequest extends PauseTarget {
  /** user name and number */
  readonly by: string;
  readonly reason: string;
  readonly endsAt: number;
}

export interface ResumeRequest extends PauseTarget {
  readonly by: string;
}

/** What `pause` or `resume` has done. */
export interface PauseChange {
  readonly isChanged: boolean;
  /** the pause of the same target that was in force before; absent if none was */
  readonly before?: Pause;
  /** the pause that is in force for it now, which may be that of its client; absent if none is */
  readonly pause?: Pause;
  /** what was running there has been told to stop, and has not ended yet */
  readonly isStopping?: true;
  /** backends of a resumed client that have a pause of their own, each with its pause */
  readonly stillPaused?: Readonly<Record<string, Pause>>;
}
