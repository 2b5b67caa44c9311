import { expect, test } from '@jest/globals';
import type { Receipt } from '../../../../src/locations/location.ts';
import { verifyAhead } from '../../../../src/locations/rclone/verify-ahead.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';

const NEVER = new AbortController().signal;

const batches = ['aa', 'bb', 'cc'].map((digits) => Catalogue.from([[digits.repeat(32), 1]]));
const good = (placed: Catalogue): Receipt => ({ placed, vanished: [], corrupt: [] });

test('each batch is verified while the one before it is on its way', async () => {
  const begun: Catalogue[] = [];
  const verify = async (batch: Catalogue) => {
    begun.push(batch);
    return good(batch);
  };
  const seen: number[] = [];

  for await (const { placed } of verifyAhead(batches.values(), verify, NEVER)) {
    seen.push(begun.length);
    expect(placed).toBe(batches[seen.length - 1]);
  }

  expect(seen).toEqual([2, 3, 3]);
});

test('when the caller throws, what runs ahead is cancelled, and has ended before the error is seen', async () => {
  const ended: Catalogue[] = [];
  const verify = async (batch: Catalogue, signal: AbortSignal) => {
    if (batch !== batches[0]) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    ended.push(batch);
    return good(batch);
  };
  const send = async () => {
    for await (const { placed } of verifyAhead(batches.values(), verify, NEVER))
      throw new Error(`${placed.count} cannot be sent`);
  };

  await expect(send()).rejects.toThrow('1 cannot be sent');

  expect(ended).toEqual([batches[0], batches[1]]);
});

test('an error of a batch is thrown when its turn comes', async () => {
  const verify = async (batch: Catalogue) => {
    if (batch === batches[1]) throw new Error('it cannot be read');
    return good(batch);
  };
  const seen: Catalogue[] = [];
  const send = async () => {
    for await (const { placed } of verifyAhead(batches.values(), verify, NEVER)) seen.push(placed);
  };

  await expect(send()).rejects.toThrow('it cannot be read');
  expect(seen).toEqual([batches[0]]);
});
