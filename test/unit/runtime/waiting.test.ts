import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import {
  fired,
  isAbort,
  sharedController,
  throwIfAborted,
  withDeadline,
} from '../../../src/runtime/abort.ts';
import { jitter } from '../../../src/runtime/clock.ts';
import { asSyncdError, MEANING, REASONS, SyncdError } from '../../../src/runtime/errors.ts';
import { Mutex } from '../../../src/runtime/mutex.ts';
import { Wakeup } from '../../../src/runtime/wakeup.ts';

const NEVER = new AbortController().signal;
const LONG_MS = 60_000;

test('a wait ends when its time is up', async () => {
  await new Wakeup().waitUpTo(1, NEVER);
});

test('a nudge ends a wait', async () => {
  const wakeup = new Wakeup();
  const waiting = wakeup.waitUpTo(LONG_MS, NEVER);

  wakeup.nudge();

  await waiting;
});

test('a nudge while nothing waits is kept, once', async () => {
  const wakeup = new Wakeup();
  wakeup.nudge();
  wakeup.nudge();

  await wakeup.waitUpTo(LONG_MS, NEVER);

  let isOver = false;
  const second = wakeup.waitUpTo(LONG_MS, NEVER).then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isOver).toBe(false);
  wakeup.nudge();
  await second;
});

test('a signal ends a wait, and no wait starts after it has fired', async () => {
  const controller = new AbortController();
  const waiting = new Wakeup().waitUpTo(LONG_MS, controller.signal);

  controller.abort();

  await waiting;
  await new Wakeup().waitUpTo(LONG_MS, controller.signal);
});

test('a wait of more than timers can count does not end at once', async () => {
  const wakeup = new Wakeup();
  let isOver = false;
  const waiting = wakeup.waitUpTo(2 ** 40, NEVER).then(() => {
    isOver = true;
  });

  await new Promise((resolve) => setTimeout(resolve, 20));

  expect(isOver).toBe(false);
  wakeup.nudge();
  await waiting;
});

test('actions of a mutex run one after the other, also after one that failed', async () => {
  const mutex = new Mutex();
  const said: string[] = [];
  const act = (name: string, fails = false) =>
    mutex.run(async () => {
      said.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      said.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });

  const results = await Promise.allSettled([act('a'), act('b', true), act('c')]);

  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test.each([
  [0, 90],
  [0.5, 100],
  [0.999, 109.98],
])('chance %d makes 100 ms %d', (chance, expected) => {
  expect(jitter(100, { now: () => 0, elapsedMs: () => 0, random: () => chance })).toBeCloseTo(
    expected,
    5,
  );
});

test('an abort is recognized by its name', () => {
  const controller = sharedController();
  expect(() => throwIfAborted(controller.signal)).not.toThrow();

  controller.abort();

  expect(() => throwIfAborted(controller.signal)).toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
  expect(isAbort({ name: 'AbortError' })).toBe(true);
  expect(isAbort(undefined)).toBe(false);
});

test.each(REASONS.map((reason) => [reason, MEANING[reason].isBlocking] as const))(
  '%s needs a person: %s',
  (reason, blocks) => {
    const retried = [
      'unreachable',
      'source_busy',
      'source_unavailable',
      'timeout',
      'verify',
      'tool',
      'internal',
    ];
    expect(blocks).toBe(!retried.includes(reason));
  },
);

test('an unclassified error is internal, and keeps its message', () => {
  const known = new SyncdError('auth', 'no');

  expect(asSyncdError(known)).toBe(known);
  expect(asSyncdError(new TypeError('oops'))).toMatchObject({
    reason: 'internal',
    message: 'oops',
  });
  expect(asSyncdError('text')).toMatchObject({ reason: 'internal', message: 'text' });
});

test('a deadline passes although garbage is collected before it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const passed = fired(withDeadline(NEVER, 300));
  for (let turns = 0; turns < 3; turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }

  // what is not referenced keeps no process alive
  const alive = setTimeout(() => undefined, LONG_MS);
  await passed;
  clearTimeout(alive);
}, 20_000);

test('a deadline fires at once with the signal that it is added to', () => {
  const controller = new AbortController();
  const signal = withDeadline(controller.signal, LONG_MS);
  expect(signal.aborted).toBe(false);
  controller.abort();
  expect(signal.aborted).toBe(true);
});
