import { slice, type Catalogue } from '../../repository/catalogue.ts';
import { cut } from '../cut.ts';
import type { Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { isOutdated, joinReceipts } from '../receipts.ts';
import { batchLimits, UNSHARED, type Turns } from '../turns.ts';
import { sendBatch } from './send-batch.ts';
import type { Target } from './target.ts';
import { verifyAhead } from './verify-ahead.ts';

/** What one rclone is given: enough to be worth its start, little enough that reading ahead stays in the page cache. */
const BATCH = { files: 2_000, bytes: 1024 * 1024 * 1024 };

/**
 * Sends objects by rclone: each batch is hashed where it lies while the one before it is on its way; only the good ones
 * are handed over (I5). Where half a file could be seen, they get their names when they are whole (I3).
 */
export async function receiveByRclone(
  { source, kind, objects }: Transfer,
  target: Target,
  options: ReceiveOptions,
): Promise<Receipt> {
  const { root: from } = source;
  if (from === undefined || source.verify === undefined)
    throw new Error('rclone receives from directories only');
  const verify = source.verify.bind(source, kind);
  const { turns = UNSHARED } = options;
  const receipts: Receipt[] = [];
  const checks = verifyAhead(
    batchesOf(objects, turns),
    (batch, signal) => verify(batch, { signal }),
    options.signal,
  );
  for await (const checked of checks) {
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

function* batchesOf(objects: Catalogue, turns: Turns): Generator<Catalogue, undefined> {
  for (const { start, end } of cut(objects, batchLimits(BATCH, turns)))
    yield slice(objects, start, end);
}

/** The rest would fare no better. Where at least something arrives, going on is progress. */
function isHopeless({ placed, failure }: Receipt): boolean {
  return failure !== undefined && placed.count === 0;
}
