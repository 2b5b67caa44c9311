import type { Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { batchesOf } from '../batches-of.ts';
import { isHopeless, isOutdated, joinReceipts } from '../receipts.ts';
import { routeTo } from '../route-to.ts';
import { UNSHARED } from '../turns.ts';
import { sendBatch } from './send-batch.ts';
import type { Target } from './target.ts';
import { verifyAhead } from './verify-ahead.ts';
import { verifyBatch } from './verify-batch.ts';

/** The most files that one rclone process sends. */
const BATCH_FILES = 2_000;

/**
 * Sends objects with rclone. Each batch is hashed in place while the one before it is sent, and only good objects are sent (I5).
 * From remote to remote, only objects that replace others are hashed. Where half a file could be visible, they get their names
 * when they are complete (I3).
 */
export async function receiveByRclone(
  transfer: Transfer,
  target: Target,
  options: ReceiveOptions,
): Promise<Receipt> {
  const { source, kind, objects } = transfer;
  const { from, isFar } = routeTo('rclone', source);
  const { signal, turns = UNSHARED } = options;
  const receipts: Receipt[] = [];
  const ahead = verifyAhead(
    batchesOf(objects, BATCH_FILES, turns),
    (batch, until) => verifyBatch(transfer, batch, { isFar, signal: until }),
    signal,
  );
  for await (const checked of ahead) {
    const sent = await turns.take(checked.placed.bytes, () =>
      sendBatch(checked.placed, { source, from, kind, target }, options),
    );
    const vanished = [...checked.vanished, ...sent.vanished];
    const receipt = { ...sent, vanished, corrupt: checked.corrupt };
    receipts.push(receipt);
    if (isOutdated(kind, receipt) || isHopeless(receipt)) break;
  }
  return joinReceipts(receipts);
}
