import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Slots } from '../../../../src/work/groups/slots.ts';

const NEVER = new AbortController().signal;

test('a hundred actions run two at a time, in their order, also if some fail', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  let [running, most] = [0, 0];
  const all = Array.from({ length: 100 }, (_, n) =>
    slots.during(NEVER, async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await setImmediate();
      running -= 1;
      if (n % 7 === 0) throw new Error('failed');
    }),
  );
  const results = await Promise.allSettled(all);
  expect(most).toBe(2);
  expect(begun).toEqual(results.map((_, n) => n));
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(15);
  expect(await slots.during(NEVER, () => Promise.resolve('free'))).toBe('free');
});

test('an action that is aborted while it waits does not run, and keeps no slot', async () => {
  const slots = new Slots(1);
  const stop = new AbortController();
  let end: () => void = () => undefined;
  const first = slots.during(NEVER, () => new Promise<void>((resolve) => (end = resolve)));
  const second = slots.during(stop.signal, () => Promise.reject(new Error('it ran')));
  stop.abort();
  await expect(second).rejects.toThrow('aborted');
  await expect(slots.during(stop.signal, () => Promise.resolve())).rejects.toThrow('aborted');
  end();
  await first;
  expect(await slots.during(NEVER, () => Promise.resolve('free'))).toBe('free');
});
