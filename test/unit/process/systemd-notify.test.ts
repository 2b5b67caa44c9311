import { expect, test } from '@jest/globals';
import { notifySocketOf, notifySystemd } from '../../../src/process/systemd-notify.ts';
import { allowedEnvironment } from '../../../src/process/run-tool.ts';
import { rcloneEnvironment } from '../../../src/locations/rclone/environment.ts';
import { onCleanUp } from '../../support/clean-up.ts';

const PID = 42;
const address = '/run/systemd/notify';

test.each([
  ['a process that systemd did not start', {}, undefined],
  ['an empty address', { NOTIFY_SOCKET: '' }, undefined],
  ['a service without a watchdog', { NOTIFY_SOCKET: address }, { address }],
  [
    'a service with a watchdog',
    { NOTIFY_SOCKET: address, WATCHDOG_USEC: '1500000', WATCHDOG_PID: '42' },
    { address, watchdogMs: 1500 },
  ],
  [
    'a watchdog without a process',
    { NOTIFY_SOCKET: address, WATCHDOG_USEC: '60000000' },
    { address, watchdogMs: 60_000 },
  ],
  [
    'the watchdog of a parent',
    { NOTIFY_SOCKET: address, WATCHDOG_USEC: '1500000', WATCHDOG_PID: '41' },
    { address },
  ],
  [
    'a time that is no number',
    { NOTIFY_SOCKET: address, WATCHDOG_USEC: 'soon', WATCHDOG_PID: '42' },
    { address },
  ],
  ['a time of zero', { NOTIFY_SOCKET: address, WATCHDOG_USEC: '0' }, { address }],
])('what systemd passes on: %s', (_, env, expected) => {
  expect(notifySocketOf(env, PID)).toEqual(expected);
});

test('no other child gets what systemd passes on', () => {
  const env = {
    NOTIFY_SOCKET: address,
    WATCHDOG_USEC: '1500000',
    WATCHDOG_PID: '42',
    PATH: '/bin',
  };

  expect(allowedEnvironment(env)).toEqual({ PATH: '/bin' });
  const rclone = Object.keys(rcloneEnvironment(env, undefined)).join(' ');
  expect(rclone).not.toMatch(/NOTIFY|WATCHDOG/);
});

test('a missing systemd-notify is a problem in words, and nothing else', async () => {
  const path = process.env['PATH'];
  onCleanUp(() => (process.env['PATH'] = path));
  process.env['PATH'] = '/nonexistent';
  const { signal } = new AbortController();

  const problem = await notifySystemd({ address }, 'READY=1', { timeoutMs: 10_000, signal });

  expect(problem).toBe('systemd-notify cannot be run');
});
