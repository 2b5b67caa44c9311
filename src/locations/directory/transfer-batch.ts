import { Catalogue } from '../../repository/catalogue.ts';
import type { HashedKind } from '../../repository/names.ts';
import type { CorruptObject, Receipt, ReceiveOptions } from '../location.ts';
import { joinReceipts } from '../receipts.ts';
import type { CopiedObject } from './io/copy.ts';
import type { FileCalls } from './io/file-calls.ts';

/** A batch to write as temporary files in a directory. */
export interface BatchToTransfer {
  readonly kind: HashedKind;
  readonly objects: Catalogue;
  readonly fileMode: number;
  /** each file is synced separately */
  readonly syncEach: boolean;
}

/** A temporary file whose content matches its object's name, before it gets that name. */
export interface Copied {
  readonly id: string;
  readonly temporary: string;
  readonly size: number;
}

/** The temporary files of a batch. */
export interface TransferredBatch {
  readonly files: readonly Copied[];
  readonly receipt: Receipt;
  /** a directory of temporary files that is left, to be removed; below the root */
  readonly stage?: string;
}

/** Writes the temporary files of a batch, for objects that match their names (I5). */
export type TransferBatch = (
  batch: BatchToTransfer,
  calls: FileCalls,
  options: ReceiveOptions,
) => Promise<TransferredBatch>;

/** The result for each object, in their order. */
export function sortCopied(part: Catalogue, outcomes: readonly CopiedObject[]): TransferredBatch {
  const files: Copied[] = [];
  const vanished: string[] = [];
  const corrupt: CorruptObject[] = [];
  outcomes.forEach((outcome, i) => {
    const id = part.idAt(i);
    if (outcome.outcome === 'copied')
      files.push({ id, temporary: outcome.temporary, size: outcome.size });
    else if (outcome.outcome === 'vanished') vanished.push(id);
    else corrupt.push({ id, message: outcome.message });
  });
  const placed = Catalogue.from(files.map((file) => [file.id, file.size]));
  return { files, receipt: { placed, vanished, corrupt } };
}

export function joinTransferred(parts: readonly TransferredBatch[]): TransferredBatch {
  return {
    files: parts.flatMap(({ files }) => files),
    receipt: joinReceipts(parts.map(({ receipt }) => receipt)),
  };
}
