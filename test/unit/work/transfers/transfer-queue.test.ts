import { expect, test } from '@jest/globals';
import { TransferQueue } from '../../../../src/work/transfers/transfer-queue.ts';
import { Fleet } from './fleet-model.ts';

const MIB = 1024 * 1024;
const NEVER = new AbortController().signal;
const long = (client: string, backend = 'nas') => ({
  client,
  backend,
  isLong: true,
  batches: [1, 1, 1, 1, 1, 1],
});
const short = (client: string, backend = 'nas') => ({
  client,
  backend,
  isLong: false,
  batches: [1, 1, 1],
});

test('a first copy yields to a small transfer after its current batch, then continues', async () => {
  const fleet = new Fleet({ transfers: 1, bandwidth: {} });
  const first = await fleet.arrive(long('a'));
  const small = await fleet.arrive(short('b'));
  expect(fleet.moving).toEqual([first]);

  await fleet.finish(first);
  expect(fleet.moving).toEqual([small]);
  await fleet.finish(small);
  await fleet.finish(small); // index and snapshot: it keeps its turn, though the other one waits
  await fleet.finish(small);

  expect(small.end).toBe('done');
  expect(fleet.moving).toEqual([first]);
});

test('a turn among equals lasts five seconds, and then it is the next client', async () => {
  const fleet = new Fleet({ transfers: 1, bandwidth: {} });
  const one = await fleet.arrive(long('a'));
  const other = await fleet.arrive(long('b'));

  await fleet.finish(one);
  expect(fleet.moving).toEqual([one]);
  await fleet.advance(5_000);
  await fleet.finish(one);
  expect(fleet.moving).toEqual([other]);
});

test('a hanging transfer gives up its slot after ten seconds, and counts again when it moves', async () => {
  const fleet = new Fleet({ transfers: 1, bandwidth: { nas: 1_000 } });
  const hung = await fleet.arrive(long('a'));
  const other = await fleet.arrive(long('b'));
  hung.isHung = true;

  await fleet.advance(9_999);
  expect(fleet.moving).toEqual([hung]);
  await fleet.advance(1);
  expect(fleet.moving).toEqual([hung, other]);

  hung.isHung = false;
  await fleet.advance(1); // it moves again: one too many, until its batch ends
  await fleet.finish(hung);
  expect(fleet.moving).toEqual([other]);
});

test('a waiting transfer stops at once, and blocks no other', async () => {
  const fleet = new Fleet({ transfers: 1, bandwidth: {} });
  const one = await fleet.arrive(long('a'));
  const stopped = await fleet.arrive(short('b'));
  const last = await fleet.arrive(long('c'));

  await fleet.stop(stopped);
  expect(stopped.end).toBe('stopped');
  await fleet.stop(one);

  expect(fleet.moving).toEqual([last]);
});

test('fewer slots take effect at the next batch, more of them at once', async () => {
  const fleet = new Fleet({ transfers: 2, bandwidth: {} });
  const [a, b] = [await fleet.arrive(long('a')), await fleet.arrive(long('b'))];
  const c = await fleet.arrive(long('c'));
  await fleet.setLimits({ transfers: 1, bandwidth: {} });
  expect(fleet.moving).toEqual([a, b]);
  await fleet.finish(a);
  expect(fleet.moving).toEqual([b]);
  await fleet.setLimits({ transfers: 3, bandwidth: {} });
  expect(fleet.moving).toEqual([a, b, c]);
});

test('the remaining debt is paid at the new rate', async () => {
  const fleet = new Fleet({ transfers: 2, bandwidth: { b2: 1_000 } });
  const a = await fleet.arrive({
    client: 'a',
    backend: 'b2',
    isLong: false,
    batches: [100_000, 1],
  });
  await fleet.finish(a); // at once: 100 seconds are to be paid for
  expect(fleet.moving).toEqual([]);
  await fleet.setLimits({ transfers: 2, bandwidth: { b2: 100_000 } });
  await fleet.advance(1_001);

  expect(fleet.moving).toEqual([a]);
});

test('a backend without a limit does not wait for those with one', async () => {
  const fleet = new Fleet({ transfers: 2, bandwidth: { b2: 1_000 } });
  await fleet.arrive(long('a', 'b2'));
  await fleet.arrive(long('b', 'b2'));
  const near = await fleet.arrive(long('c', 'nas'));

  expect(fleet.moving).toContain(near);
});

test('a long transfer that has waited ten minutes goes before a new short one', async () => {
  const fleet = new Fleet({ transfers: 1, bandwidth: {} });
  const busy = await fleet.arrive(short('a'));
  const patient = await fleet.arrive(long('b'));
  await fleet.advance(10 * 60_000);
  await fleet.arrive(short('c'));
  await fleet.stop(busy);

  expect(fleet.moving).toEqual([patient]);
});

test('a batch is what takes ten seconds at a limit, and one second in a directory', async () => {
  const queue = new TransferQueue({ transfers: 4, bandwidth: { b2: MIB } });
  const batchBytes = (backend: string, isRemote: boolean) =>
    queue.during(
      { client: 'a', backend, isLong: false, isRemote, onWaiting: () => undefined, signal: NEVER },
      async (transfer) => transfer.batchBytes,
    );

  expect(await batchBytes('b2', true)).toBe(10 * MIB);
  expect(await batchBytes('b2', false)).toBe(MIB);
  expect(await batchBytes('nas', true)).toBe(128 * MIB);
});
