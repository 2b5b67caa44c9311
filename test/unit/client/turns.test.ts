import { expect, test } from '@jest/globals';
import { TransferQueue } from '../../../src/work/transfers/transfer-queue.ts';
import { waitFor } from '../../support/temp.ts';
import { makeRig, NEVER } from './fixtures.ts';

const ONE = { transfers: 1, bandwidth: {} };

/** Somebody else has the only slot until `end` is called. */
async function occupy(transfers: TransferQueue) {
  const other = { client: 'other', backend: 'nas', isLong: false, isRemote: false };
  let end: () => void = () => undefined;
  const done = transfers.during({ ...other, onWaiting: () => undefined, signal: NEVER }, (turns) =>
    turns.take(0, () => new Promise<void>((resolve) => (end = resolve))),
  );
  await waitFor(() => end.length === 1, { what: 'its turn', intervalMs: 1 });
  return { end: () => end(), done };
}

test('a backend that waits for its turn says so, keeps its state, and is still checked', async () => {
  const time = { now: 0 };
  const transfers = new TransferQueue(ONE, () => time.now);
  const { end, done } = await occupy(transfers);
  const rig = await makeRig({ transfers });
  const syncing = rig.sync();
  await waitFor(() => rig.backend('nas').progress, { what: 'the plan' });
  expect(rig.backend('nas').progress).not.toHaveProperty('waitingSince'); // not worth a word yet

  time.now += 3_000;
  transfers.setLimits(ONE);

  const waiting = rig.backend('nas');
  expect(waiting).toMatchObject({ state: 'initial_copy', up: true, failures: 0 });
  expect(waiting.progress).toMatchObject({
    waitingSince: rig.clock.at,
    objects: expect.any(Number),
  });
  expect(rig.target('nas').place.paths('data')).toEqual([]);
  end();
  await done;
  expect(await syncing).toMatchObject([{ outcome: 'complete' }]);
  expect(rig.backend('nas')).not.toHaveProperty('progress');
});

test('a pass with nothing to send does not wait', async () => {
  const transfers = new TransferQueue(ONE);
  const rig = await makeRig({ transfers });
  await rig.sync();
  const { end, done } = await occupy(transfers);

  expect(await rig.sync()).toMatchObject([{ outcome: 'nothing' }]);

  end();
  await done;
});
