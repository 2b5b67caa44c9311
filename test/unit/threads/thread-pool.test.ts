import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { expect, jest, test } from '@jest/globals';
import { ThreadPool } from '../../../src/threads/thread-pool.ts';
import { Thread } from '../../../src/threads/thread.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import type { Request } from './answering-thread.ts';

const NEVER = new AbortController().signal;
const CODE = {
  base: import.meta.url,
  compiled: './none.js',
  source: './answering-thread.ts',
} as const;

interface Options {
  readonly owner?: string;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

function makePool(
  maxThreads: number,
  onStart: (thread: Thread<unknown>) => void = () => undefined,
) {
  const threads: Thread<unknown>[] = [];
  const pool = new ThreadPool<unknown>(maxThreads, () => {
    const thread = new Thread<unknown>(CODE);
    threads.push(thread);
    onStart(thread);
    return thread;
  });
  onCleanUp(() => Promise.all(threads.map((thread) => thread.end())));
  const call = (request: Request, options: Options = {}) =>
    pool.call(request, { owner: 'a', silenceMs: 60_000, signal: NEVER, ...options });
  return { pool, threads, call };
}

test('calls are answered one after the other by one thread, errors too', async () => {
  const { threads, call } = makePool(1);
  const answers = await Promise.all([
    call({ result: 1 }),
    call({ error: 'no' }),
    call({ result: 3 }),
  ]);
  expect(answers).toEqual([{ result: 1 }, { error: 'no' }, { result: 3 }]);
  expect(threads.map(({ state }) => state.is)).toEqual(['idle']);
});

test('a waiting call gets its answer even if the thread that was started for it ends first', async () => {
  let started = 0;
  const { threads, call } = makePool(2, (thread) => {
    if (++started === 2) void thread.end();
  });
  const long = call({ ms: 3_000, result: 'long' });

  expect(await call({ result: 'short' })).toEqual({ result: 'short' });
  expect(threads).toHaveLength(3);
  expect(await long).toEqual({ result: 'long' });
});

test('a thread that ends fails its own call alone', async () => {
  const { call } = makePool(1);
  const failed = call({ ends: true });
  const next = call({ result: 'next' });
  await expect(failed).rejects.toThrow('the file thread ended');
  expect(await next).toEqual({ result: 'next' });
});

test('a call that does not return blocks only its own place, until it returns', async () => {
  const { threads, call } = makePool(1);
  await call({});
  const stuck = call({ ms: 2_500 }, { owner: 'hung', silenceMs: 300 });
  const behind = call({ result: 'behind' }, { owner: 'hung' });
  const other = call({ result: 'other' }, { owner: 'b' });

  await expect(stuck).rejects.toMatchObject({ reason: 'timeout' });
  await expect(behind).rejects.toMatchObject({ reason: 'timeout' });
  await expect(call({}, { owner: 'hung' })).rejects.toThrow(
    'the file system at hung has not responded',
  );
  expect(await other).toEqual({ result: 'other' });

  while (threads.some(({ state }) => state.is === 'stuck')) await sleep(20);
  expect(await call({ result: 'again' }, { owner: 'hung' })).toEqual({ result: 'again' });
});

test('closing ends all threads, once they have answered', async () => {
  const { pool, threads, call } = makePool(2);
  const answers = [call({ ms: 200, result: 1 }), call({ ms: 200, result: 2 })];

  expect(await pool.close()).toBe(true);
  expect(await Promise.all(answers)).toEqual([{ result: 1 }, { result: 2 }]);
  expect(threads.every(({ state }) => state.is === 'ended')).toBe(true);
});

test.each(['busy', 'stuck'])('closing says that a %s thread has not ended', async (is) => {
  const { pool, threads, call } = makePool(1);
  const silenceMs = is === 'stuck' ? 100 : 60_000;
  const answer = call({ ms: 3_000 }, { silenceMs }).catch(() => undefined);
  if (is === 'stuck') await answer;

  expect(await pool.close()).toBe(false);
  expect(threads.map(({ state }) => state.is)).toEqual([is]);
  await answer;
});

test('a call that waits can be cancelled, and is never made', async () => {
  const { call } = makePool(1);
  const controller = new AbortController();
  const long = call({ ms: 500, result: 'long' });
  const waiting = call({ ends: true }, { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toThrow('aborted');
  expect(await long).toEqual({ result: 'long' });
  expect(await call({ result: 'next' })).toEqual({ result: 'next' });
});

test('when no thread can start, calls fail with the reason', async () => {
  const { call } = makePool(1, (thread) => {
    const { worker } = thread as unknown as { worker: NodeJS.EventEmitter };
    queueMicrotask(() => worker.emit('error', new Error('EMFILE: too many open files')));
  });
  await expect(call({})).rejects.toMatchObject({ reason: 'tool' });
});

test('a thread that comes online while it is being ended keeps the process alive until it has ended', async () => {
  const thread = new Thread<unknown>(CODE);
  const { worker } = thread as unknown as { readonly worker: Worker };
  const unref = jest.spyOn(worker, 'unref');

  const ended = thread.end();
  worker.emit('online');
  await ended;

  expect(unref).not.toHaveBeenCalled();
});
