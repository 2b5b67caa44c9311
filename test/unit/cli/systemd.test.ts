import { expect, jest, test } from '@jest/globals';
import { SystemdService } from '../../../src/cli/systemd.ts';
import type { LoopProgress } from '../../../src/client/loop-progress.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { waitFor } from '../../support/temp.ts';

const loop = (given: Partial<LoopProgress> = {}): LoopProgress => ({
  client: 'ahost',
  checks: 0,
  isWaiting: false,
  pollMs: 1_000,
  ...given,
});

/** A running service. What it sends is noted, and what it logs. */
function start({ loops, env = {} }: { loops: LoopProgress[]; env?: NodeJS.ProcessEnv }) {
  const [sent, logged]: [string[], string[]] = [[], []];
  const state = { problem: undefined as string | undefined, elapsedMs: 0 };
  const say = (_: object, message: string): void => void logged.push(message);
  const service = new SystemdService({
    env: { NOTIFY_SOCKET: '/run/notify', ...env },
    pid: 1,
    loops: () => loops,
    clock: { ...systemClock, elapsedMs: () => state.elapsedMs },
    log: { ...SILENT_LOG, info: say, warn: say, error: say },
    notify: (_socket, message) => {
      sent.push(message);
      return Promise.resolve(state.problem);
    },
  });
  const stop = new AbortController();
  const ended = service.run(stop.signal);
  onCleanUp(() => stop.abort());
  const count = (message: string): number => sent.filter((one) => one === message).length;
  const until = (message: string, times = 1): Promise<boolean> =>
    waitFor(() => count(message) >= times, { what: message });
  const untilMore = (message: string): Promise<boolean> => until(message, count(message) + 2);
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
    await service.stopping();
  };
  return { sent, logged, state, until, untilMore, end };
}

test('the daemon is ready once all loops have checked their source, and then feeds the watchdog until it stops', async () => {
  const loops = [loop()];
  const { sent, until, end, logged } = start({ loops, env: { WATCHDOG_USEC: '20000' } });
  await new Promise((resolve) => setTimeout(resolve, 250)); // more than two looks
  expect(sent).toEqual([]);

  loops[0] = loop({ checks: 1 });
  await until('WATCHDOG=1', 3);
  await end();

  expect(sent[0]).toBe('READY=1');
  expect(sent.at(-1)).toBe('STOPPING=1');
  expect(new Set(sent.slice(1, -1))).toEqual(new Set(['WATCHDOG=1']));
  expect(logged).toEqual([]);
});

test('without a watchdog, systemd hears only of the start and the stop', async () => {
  const { sent, until, end } = start({ loops: [] });
  await until('READY=1');
  await end();

  expect(sent).toEqual(['READY=1', 'STOPPING=1']);
});

test('without systemd, nothing is sent', async () => {
  const { sent, end } = start({ loops: [], env: { NOTIFY_SOCKET: undefined } });
  await end();

  expect(sent).toEqual([]);
});

test('when every loop is stalled, the watchdog is not fed, and the log says why', async () => {
  const loops = [loop({ checks: 1 })];
  const { sent, logged, state, until, end } = start({ loops, env: { WATCHDOG_USEC: '2000' } });
  await until('WATCHDOG=1', 2);

  state.elapsedMs += 124_000; // three polls and two minutes, and some
  await waitFor(() => logged.length > 0, { what: 'the log' });
  const before = sent.length;
  await new Promise((resolve) => setTimeout(resolve, 50));

  const stalled =
    'no client has checked its source lately, and none is waiting for it: systemd will restart this daemon';
  expect(sent.length).toBe(before);
  expect(logged).toEqual([stalled]);

  loops[0] = loop({ checks: 2 });
  await waitFor(() => sent.length > before, { what: 'the watchdog to be fed again' });
  state.elapsedMs += 124_000;
  await waitFor(() => logged.length > 1, { what: 'the log of the second time' });
  expect(logged).toEqual([stalled, stalled]);
  await end();
});

test('a message that cannot be sent is logged once, and so is that it works again', async () => {
  const { state, logged, untilMore, end } = start({ loops: [], env: { WATCHDOG_USEC: '2000' } });
  await untilMore('WATCHDOG=1');

  state.problem = 'systemd-notify cannot be run';
  await untilMore('WATCHDOG=1');
  state.problem = undefined;
  await untilMore('WATCHDOG=1');

  expect(logged).toEqual([
    'cannot notify systemd: systemd-notify cannot be run',
    'systemd is notified again (recovered)',
  ]);
  await end();
});

test('a daemon that can send messages again is not restarted for three that timed out', async () => {
  jest.useFakeTimers();
  onCleanUp(() => void jest.useRealTimers());
  const fedAt: number[] = [];
  let failures = 0;
  const service = new SystemdService({
    env: { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '120000000' },
    pid: 1,
    loops: () => [],
    clock: systemClock,
    log: SILENT_LOG,
    notify: async (_socket, message, { timeoutMs }) => {
      if (fedAt.length === 1 && failures < 3) {
        failures += 1;
        await new Promise((resolve) => setTimeout(resolve, timeoutMs));
        return 'it timed out';
      }
      if (message === 'WATCHDOG=1') fedAt.push(Date.now());
      return undefined;
    },
  });
  const stop = new AbortController();
  const ended = service.run(stop.signal);

  await jest.advanceTimersByTimeAsync(300_000);
  stop.abort();
  await ended;

  expect(failures).toBe(3);
  const gaps = fedAt.slice(1).map((at, index) => at - (fedAt[index] ?? 0));
  expect(gaps.length).toBeGreaterThan(2);
  expect(Math.max(...gaps)).toBeLessThan(120_000);
});
