import { randomBytes } from 'node:crypto';
import type { FileSource } from '../location.ts';
import { messagesOf } from './batches.ts';
import { joinTransferred, sortCopied, type TransferBatch } from './transfer-batch.ts';

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
