/** The results of the restore checks of one place. */
export interface RestoresState {
  /** when the last one ended */
  readonly checkedAt: number;
  /** whether the last one that said something found everything right; absent if none did */
  readonly isGood?: boolean;
  readonly judgedAt?: number;
  /** when one last found everything right, and the time of its snapshot */
  readonly restoredAt?: number;
  readonly restoredSnapshotAt?: number;
  /** the snapshot of the last one */
  readonly snapshot?: string;
  /** why the last one was not good */
  readonly message?: string;
  readonly hint?: string;
  /** what was wrong; until a later check finds everything right */
  readonly failure?: string;
}
