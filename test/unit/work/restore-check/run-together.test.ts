import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runTogether } from '../../../../src/work/restore-check/run-together.ts';

const NEVER = new AbortController().signal;
const fail = async () => {
  throw new Error('the first');
};

test('both results are returned', async () => {
  expect(await runTogether(NEVER, () => [Promise.resolve(1), Promise.resolve('b')])).toEqual([
    1,
    'b',
  ]);
});

test.each([false, true])(
  'when one fails, the other is stopped, and nothing of it runs any longer when that is known',
  async (isSwapped) => {
    const seen: string[] = [];
    const slow = async (signal: AbortSignal) => {
      await sleep(60_000, undefined, { signal }).catch(() => seen.push('stopped'));
      await sleep(20);
      seen.push('ended');
      throw new Error('aborted');
    };
    const work = runTogether(NEVER, (signal) =>
      isSwapped ? [slow(signal), fail()] : [fail(), slow(signal)],
    );

    await expect(work).rejects.toThrow('the first');
    expect(seen).toEqual(['stopped', 'ended']);
  },
);

test('a signal from outside stops both', async () => {
  const stop = new AbortController();
  const until = async (signal: AbortSignal) => sleep(60_000, undefined, { signal });
  const work = runTogether(stop.signal, (signal) => [until(signal), until(signal)]);
  stop.abort();
  await expect(work).rejects.toThrow('aborted');
});
