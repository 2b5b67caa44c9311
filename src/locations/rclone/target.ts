import type { SyncdError } from '../../runtime/errors.ts';
import type { Placing } from './features.ts';
import type { Rclone } from './rclone.ts';

/** The target of a transfer. */
export interface Target {
  readonly rclone: Rclone;
  /** ends in a slash */
  readonly root: string;
  readonly label: string;
  readonly placing: Placing;
  readonly refusesDamaged: boolean;
}

/** The paths below the root of a repository that arrived, and why others did not. */
export interface Arrived {
  readonly paths: ReadonlySet<string>;
  readonly failure: SyncdError | undefined;
}

/** Where rclone reads the objects of a source. */
export interface Origin {
  /** an rclone path, ending in a slash */
  readonly from: string;
  /** hashing costs a download of its own */
  readonly isFar: boolean;
}
