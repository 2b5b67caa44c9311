import type { Acknowledgement, Announcement } from '../report/types.ts';

/** What a person says of removals at the source. */
export interface AckRequest {
  /** user name and number */
  readonly by: string;
  readonly reason: string;
  /** announces removals for so long, milliseconds */
  readonly forMs?: number | undefined;
}

export interface Acknowledged {
  /** absent when there was nothing to accept */
  readonly accepted?: Acknowledgement;
  readonly announced?: Announcement;
}
