import { expect, test } from '@jest/globals';
import { SETTLE_MS } from '../../../../src/locations/directory/listing-cache.ts';
import { Unchanged } from '../../../../src/locations/directory/unchanged.ts';

function memory() {
  const clock = { time: 1_000_000 };
  const unchanged = new Unchanged<number>(() => clock.time);
  let reads = 0;
  const get = (stamp: string | null) => unchanged.get(stamp, () => Promise.resolve(++reads));
  return { clock, get };
}

test('what has looked the same for a while is not read again', async () => {
  const { clock, get } = memory();
  await get('a');
  clock.time += SETTLE_MS;
  const settled = await get('a');
  clock.time += 3_600_000;
  expect(await get('a')).toBe(settled);
});

test('what looks changed is read', async () => {
  const { clock, get } = memory();
  await get('a');
  clock.time += SETTLE_MS;
  const before = await get('a');
  expect(await get('b')).toBe(before + 1);
  expect(await get(null)).toBe(before + 2);
});

test('times of change tick coarsely: what was new when it was read is read again', async () => {
  const { clock, get } = memory();
  const first = await get('a');
  clock.time += SETTLE_MS - 1;
  expect(await get('a')).toBe(first + 1);
});

test('what could not be read is not remembered', async () => {
  const unchanged = new Unchanged<number>();
  const refused = unchanged.get('a', () => Promise.reject(new Error('EIO')));
  await expect(refused).rejects.toThrow('EIO');
  expect(await unchanged.get('a', () => Promise.resolve(7))).toBe(7);
});
