import { randomBytes } from 'node:crypto';
import { slice } from '../../repository/catalogue.ts';
import type { FileSource } from '../location.ts';
import { joinReceipts } from '../receipts.ts';
import type { TransferBatch } from './transfer-batch.ts';
import { sortCopied } from './copied.ts';

/** File threads copy objects on this machine, and hash them while they copy. */
export function copyingFrom({ root: sourceRoot }: FileSource): TransferBatch {
  return async ({ kind, batch, fileMode, syncEach }, calls, { signal, onProgress }) => {
    const results = await settleAll(
      batch.messages.map(async ({ start, end }) => {
        const part = slice(batch.objects, start, end);
        const { ids, sizes } = part;
        const temporaryPrefix = randomBytes(6).toString('hex');
        const outcomes = await calls.copy(
          {
            ...{ sourceRoot, targetRoot: calls.root, directory: kind },
            ...{ ids, sizes, temporaryPrefix, fileMode, syncEach },
          },
          { signal, onProgress },
        );
        return sortCopied(part, outcomes);
      }),
    );
    return {
      files: results.flatMap(({ files }) => files),
      receipt: joinReceipts(results.map(({ receipt }) => receipt)),
    };
  };
}

/** Waits for all, then rejects with the first error, so that nothing is left running. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
