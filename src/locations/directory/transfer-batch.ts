import { randomBytes } from 'node:crypto';
import { Catalogue, EMPTY_CATALOGUE } from '../../repository/catalogue.ts';
import type { HashedKind } from '../../repository/names.ts';
import type {
  CorruptObject,
  FileSource,
  Receipt,
  ReceiveOptions,
  RemoteSource,
} from '../location.ts';
import { joinReceipts } from '../receipts.ts';
import { messagesOf } from './batches.ts';
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

/** File threads copy objects on this machine, and hash them while they copy. */
export function copyingFrom({ root: sourceRoot }: FileSource): TransferBatch {
  return async ({ objects, ...how }, calls, { signal, onProgress }) => {
    const settled = await Promise.allSettled(
      messagesOf(objects).map(async (part) => {
        const temporaryPrefix = randomBytes(6).toString('hex');
        const copying = { ...how, sourceRoot, temporaryPrefix, ids: part.ids, sizes: part.sizes };
        return sortCopied(part, await calls.copy({ signal, onProgress }, copying));
      }),
    );
    const parts = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason; // after all have ended, so that nothing is left running
      return result.value;
    });
    return joinTransferred(parts);
  };
}

/**
 * Lets a remote source copy a batch to a staging directory, and takes from there only objects that match their names (I5). We
 * create the stage and not the tool, which would also create its parents if a disk is not mounted.
 */
export function fetchingFrom(source: RemoteSource): TransferBatch {
  return async ({ objects, ...how }, calls, options) => {
    const { signal } = options;
    const stage = `.backup-syncd/tmp/${randomBytes(6).toString('hex')}`;
    await calls.call('stage', { signal }, stage);
    const to = `${calls.root}/${stage}/`;
    const { placed, ...fetched } = await source.fetch({ kind: how.kind, objects, to }, options);
    const admitted: TransferredBatch[] = [];
    for (const part of messagesOf(placed)) {
      const writing = { ...how, ids: part.ids, sizes: part.sizes };
      admitted.push(sortCopied(part, await calls.call('admit', { signal }, stage, writing)));
    }
    const left = { files: [], receipt: { ...fetched, placed: EMPTY_CATALOGUE, corrupt: [] } };
    return { ...joinTransferred([...admitted, left]), stage };
  };
}

/** The result for each object, in their order. */
function sortCopied(part: Catalogue, outcomes: readonly CopiedObject[]): TransferredBatch {
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

function joinTransferred(parts: readonly TransferredBatch[]): TransferredBatch {
  return {
    files: parts.flatMap(({ files }) => files),
    receipt: joinReceipts(parts.map(({ receipt }) => receipt)),
  };
}
