import type { SyncdError } from '../../runtime/errors.ts';
import type { Placing } from './features.ts';
import type { Rclone } from './rclone.ts';

/** Where a transfer goes. */
export interface Target {
  readonly rclone: Rclone;
  /** ends in a slash */
  readonly root: string;
  readonly label: string;
  readonly placing: Placing;
  readonly refusesDamaged: boolean;
}

/** Paths below the root of a repository that got there, and why others did not. */
export interface Arrived {
  readonly paths: ReadonlySet<string>;
  readonly failure: SyncdError | undefined;
}
