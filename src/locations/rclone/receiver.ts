import { slice, type Catalogue } from '../../repository/catalogue.ts';
import { cut } from '../cut.ts';
import type { Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { isHopeless, isOutdated, joinReceipts } from '../receipts.ts';
import { routeTo } from '../route-to.ts';
import { batchLimits, UNSHARED, type Turns } from '../turns.ts';
import { sendBatch } from './send-batch.ts';
import type { Target } from './target.ts';
import { verifyAhead } from './verify-ahead.ts';
import { verifyBatch } from './verify-batch.ts';

/** The batch of one rclone process: large enough to be worth its start, and small enough that reading ahead stays in the page cache. */
const BATCH = { files: 2_000, bytes: 1024 * 1024 * 1024 };

/**
 * Sends objects with rclone. Each batch is hashed in place while the previous one is being sent, and only good objects are sent
 * (I5). From remote to remote, only objects that replace others are hashed. Where half a file could be visible, they get their names
 * when they are complete (I3).
 */
export async function receiveByRclone(
  transfer: Transfer,
  target: Target,
  options: ReceiveOptions,
): Promise<Receipt> {
  const { source, kind, objects } = transfer;
  const { from, isFar } = routeTo('rclone', source);
  const { turns = UNSHARED } = options;
  const receipts: Receipt[] = [];
  const checks = verifyAhead(
    batchesOf(objects, turns),
    (batch, signal) => verifyBatch(transfer, batch, { isFar, signal }),
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
