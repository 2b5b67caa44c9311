import { expect, test } from '@jest/globals';
import { unlessHurried } from '../../../src/cli/signals.ts';
import { isAbort } from '../../../src/runtime/abort.ts';

test('a second Ctrl-C ends what hangs', async () => {
  const hurry = new AbortController();
  const hangs = new Promise<never>(() => undefined);
  const ended = unlessHurried(hangs, { hurry: hurry.signal }).catch((error: unknown) => error);

  hurry.abort();

  expect(isAbort(await ended)).toBe(true);
});

test('without one, the result is that of the work', async () => {
  const hurry = new AbortController().signal;

  expect(await unlessHurried(Promise.resolve(7), { hurry })).toBe(7);
});
