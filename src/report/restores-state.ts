/** The results of the restore checks of one place. */
export interface RestoresState {
  /** when the last one ended */
  readonly checkedAt: number;
  /** whether the last conclusive one passed; absent if there is none */
  readonly isGood?: boolean;
  readonly judgedAt?: number;
  /** when one last passed, and the time of its snapshot */
  readonly restoredAt?: number;
  readonly restoredSnapshotAt?: number;
  /** the snapshot of the last one */
  readonly snapshot?: string;
  /** why the last one did not pass */
  readonly message?: string;
  readonly hint?: string;
  /** what was wrong, until a later check passes */
  readonly failure?: string;
}
