import { randomBytes } from 'node:crypto';
import { slice } from '../../repository/catalogue.ts';
import type { RemoteSource } from '../location.ts';
import { joinReceipts } from '../receipts.ts';
import { messagesOf } from './batches.ts';
import type { TransferBatch } from './transfer-batch.ts';
import { sortCopied, type CopiedBatch } from './copied.ts';

/**
 * Lets a remote source copy a batch to a staging directory, and takes from there only objects that match their names (I5). We
 * create the stage and not the tool, which would also create its parents if a disk is not mounted.
 */
export function fetchingFrom(source: RemoteSource): TransferBatch {
  return async ({ kind, batch: { objects }, fileMode, syncEach }, calls, options) => {
    const { signal } = options;
    const { root } = calls;
    const stage = `.backup-syncd/tmp/${randomBytes(6).toString('hex')}`;
    await calls.call('stage', { root, path: stage }, { signal });
    const fetched = await source.fetch({ kind, objects, to: `${root}/${stage}/` }, options);
    const admitted: CopiedBatch[] = [];
    for (const { start, end } of messagesOf(fetched.placed)) {
      const part = slice(fetched.placed, start, end);
      const { ids, sizes } = part;
      const args = { root, stage, directory: kind, ids, sizes, fileMode, syncEach };
      admitted.push(sortCopied(part, await calls.call('admit', args, { signal })));
    }
    return {
      stage,
      files: admitted.flatMap(({ files }) => files),
      receipt: joinReceipts([
        ...admitted.map(({ receipt }) => receipt),
        { ...fetched, placed: slice(fetched.placed, 0, 0), corrupt: [] },
      ]),
    };
  };
}
