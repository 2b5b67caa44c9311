import { slice, type Catalogue } from '../../repository/catalogue.ts';
import { cut } from '../cut.ts';
import type { Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { isHopeless, isOutdated, joinReceipts } from '../receipts.ts';
import { routeTo } from '../routes.ts';
import { batchLimits, UNSHARED, type Turns } from '../turns.ts';
import { sendBatch } from './send-batch.ts';
import type { Target } from './target.ts';
import { verifyAhead } from './verify-ahead.ts';

/** What one rclone is given: enough to be worth its start, little enough that reading ahead stays in the page cache. */
const BATCH = { files: 2_000, bytes: 1024 * 1024 * 1024 };

/**
 * Sends objects by rclone: each batch is hashed where it lies while the one before it is on its way; only the good ones
 * are handed over (I5). From remote to remote they go without a detour over here, and nobody hashes them. Where half a
 * file could be seen, they get their names when they are whole (I3).
 */
export async function receiveByRclone(
  { source, kind, objects }: Transfer,
  target: Target,
  options: ReceiveOptions,
): Promise<Receipt> {
  const { from, verify } = routeTo('rclone', source);
  const { turns = UNSHARED } = options;
  const receipts: Receipt[] = [];
  const checks = verifyAhead(
    batchesOf(objects, turns),
    (batch, signal) => verify(kind, batch, { signal }),
    options.signal,
  );
  let left = objects.count;
  for await (const checked of checks) {
    left -= checked.placed.count + checked.vanished.length + checked.corrupt.length;
    const sent = await turns.take(checked.placed.bytes, () => {
      if (left === 0) options.onLastBatch?.();
      return sendBatch(checked.placed, { source, from, kind, target }, options);
    });
    const vanished = [...checked.vanished, ...sent.vanished];
    const receipt = { ...sent, vanished, corrupt: checked.corrupt };
    receipts.push(receipt);
    if (isOutdated(kind, receipt) || isHopeless(receipt)) break;
  }
  return joinReceipts(receipts);
}

function* batchesOf(objects: Catalogue, turns: Turns): Generator<Catalogue, undefined> {
  for (const { start, end } of cut(objects, batchLimits(BATCH, turns)))
    yield slice(objects, start, end);
}
