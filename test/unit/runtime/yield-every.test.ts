import { expect, test } from '@jest/globals';
import { yieldEvery } from '../../../src/runtime/yield-every.ts';

test('other work runs once enough time has passed, and not before', async () => {
  let now = 0;
  const yieldIfDue = yieldEvery(10, () => now);
  let others = 0;
  const other = () => {
    others++;
    setImmediate(other).unref();
  };
  setImmediate(other).unref();
  const seen: number[] = [];
  for (const at of [1, 9, 10, 15, 19, 20]) {
    now = at;
    const before = others;
    await yieldIfDue();
    seen.push(others - before);
  }
  expect(seen.map((count) => count > 0)).toEqual([false, false, true, false, false, true]);
});
