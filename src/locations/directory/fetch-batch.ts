import { randomBytes } from 'node:crypto';
import { EMPTY_CATALOGUE } from '../../repository/catalogue.ts';
import type { RemoteSource } from '../location.ts';
import { messagesOf } from './batches.ts';
import {
  joinTransferred,
  sortCopied,
  type TransferBatch,
  type TransferredBatch,
} from './transfer-batch.ts';

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
