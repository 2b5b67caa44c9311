import type { HashedKind } from '../../repository/names.ts';
import type { ReceiveOptions } from '../location.ts';
import type { Batch } from './batches.ts';
import type { CopiedBatch } from './copied.ts';
import type { FileCalls } from './io/file-calls.ts';

/** A batch to write as temporary files in a directory. */
export interface BatchToTransfer {
  readonly kind: HashedKind;
  readonly batch: Batch;
  readonly fileMode: number;
  /** each file is synced separately */
  readonly syncEach: boolean;
}

/** The temporary files of a batch. */
export interface TransferredBatch extends CopiedBatch {
  /** a directory of temporary files that is left, to be removed; below the root */
  readonly stage?: string;
}

/** Writes the temporary files of a batch, for objects that match their names (I5). */
export type TransferBatch = (
  batch: BatchToTransfer,
  calls: FileCalls,
  options: ReceiveOptions,
) => Promise<TransferredBatch>;
