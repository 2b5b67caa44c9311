import { expect, jest, test } from '@jest/globals';
import { FileCalls } from '../../../../../src/locations/directory/io/file-calls.ts';
import { FilePool } from '../../../../../src/locations/directory/io/file-pool.ts';
import type { Request } from '../../../../../src/locations/directory/io/operations.ts';
import { onCleanUp } from '../../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../../support/temp.ts';

/** A place without files whose threads are real, and the messages that they get. */
function observed() {
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  const root = temporaryDirectory();
  const sent = jest.spyOn(pool.threadsAt(root), 'call');
  const messages = () =>
    sent.mock.calls.map(([request, { silenceMs }]) => ({
      names: (request as Request).calls.map(({ operation }) => operation),
      silenceMs,
    }));
  return { messages, calls: new FileCalls({ pool, root, role: 'source', silenceMs: 30_000 }) };
}

const signal = () => new AbortController().signal;

test('calls that look at the same time share a message, with the deadline of one call', async () => {
  const { messages, calls } = observed();
  const options = { signal: signal() };

  const [locks, config, stamps] = await Promise.all([
    calls.call('locks', options),
    calls.call('read', options, 'config', 1_000),
    calls.call('stamps', options, 'index'),
  ]);

  expect(locks.count).toBe(0);
  expect(config).toBeUndefined();
  expect(stamps.every(Number.isNaN)).toBe(true);
  expect(messages()).toEqual([{ names: ['locks', 'read', 'stamps'], silenceMs: 30_000 }]);
});

test('the failure of one call fails no other in its message', async () => {
  const { messages, calls } = observed();
  const options = { signal: signal() };

  const [failed, fine] = await Promise.allSettled([
    calls.call('read', options, '..', 1_000),
    calls.call('space', options),
  ]);

  expect(failed).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('not a valid name') },
  });
  expect(fine.status).toBe('fulfilled');
  expect(messages()).toHaveLength(1);
});

test('a call with another signal, or that does more than look, has a message of its own', async () => {
  const { messages, calls } = observed();
  const options = { signal: signal() };

  await Promise.all([
    calls.call('locks', options),
    calls.call('locks', { signal: signal() }),
    calls.call('inspect', options),
    calls.call('identity', options),
  ]);

  const names = messages().map((message) => message.names.join());
  expect(names.sort()).toEqual(['identity', 'inspect', 'locks', 'locks']);
});
