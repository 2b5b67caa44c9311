import { expect, test } from '@jest/globals';
import { daemonPicture } from '../../../src/cli/picture.ts';
import type { LoopProgress } from '../../../src/client/loop-progress.ts';
import type { Config } from '../../../src/config/types.ts';

const MINUTE = 60_000;
/** Three polls of a minute, and two minutes. */
const LIMIT = 5 * MINUTE;
const NOW = 1_000 * MINUTE;
const config = {
  clients: [{ name: 'ahost' }, { name: 'bhost' }, { name: 'chost' }],
  disabled: [],
} as unknown as Config;
const loop = (given: Partial<LoopProgress>): LoopProgress => ({
  client: 'ahost',
  checks: 1,
  isWaiting: false,
  pollMs: MINUTE,
  ...given,
});
const picture = (loops: readonly LoopProgress[], startedAt = NOW) =>
  daemonPicture({
    loops,
    config,
    startedAt,
    now: NOW,
    configError: undefined,
    refusals: [
      ['ahost', 'its new configuration is wrong'],
      ['bhost', 'another process holds it'],
    ],
  });

test('a client runs, is refused, or has not started', () => {
  expect(picture([loop({ lastScanAt: NOW })])).toEqual({
    refused: [{ client: 'bhost', error: 'another process holds it' }],
    unknown: [{ client: 'chost', message: 'it has not started yet' }],
    notReady: [],
  });
});

test.each([
  ['was checked within the limit', { lastScanAt: NOW - LIMIT }, NOW, false],
  ['was checked before that', { lastScanAt: NOW - LIMIT - 1 }, NOW, true],
  ['was checked by a clock that was ahead', { lastScanAt: NOW + LIMIT }, NOW, false],
  ['was never checked since a start just now', {}, NOW, false],
  ['was never checked since a start long ago', {}, NOW - LIMIT - 1, true],
])('a client whose source %s', (...[, given, startedAt, isNotReady]) => {
  const { notReady } = picture([loop(given)], startedAt);
  expect(notReady.map(({ client }) => client)).toEqual(isNotReady ? ['ahost'] : []);
});
