import { copyingFrom, fetchingFrom, type TransferBatch } from './directory/transfer-batch.ts';
import type { FileSource, RemoteSource } from './location.ts';
import type { Origin } from './rclone/target.ts';

/** The access that a target of each kind needs to receive objects from a source. */
export interface Needs {
  readonly directory: TransferBatch;
  readonly rclone: Origin;
}

/** The access that a source of each kind can give. */
interface Sources {
  readonly directory: FileSource;
  readonly rclone: RemoteSource;
}

/**
 * How objects get from one place to another: by kind of the source, then of the target. Two kinds without a route cannot be
 * configured for one client.
 */
export const ROUTES: {
  readonly [S in keyof Sources]: { readonly [T in keyof Needs]: (source: Sources[S]) => Needs[T] };
} = {
  directory: { directory: copyingFrom, rclone: ({ root }) => ({ from: `${root}/`, isFar: false }) },
  rclone: { directory: fetchingFrom, rclone: ({ remote }) => ({ from: remote, isFar: true }) },
};
