import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  backendPauseAt,
  clientPauseAt,
  NO_PAUSES,
  owedWithoutPauses,
  pausesOver,
  type Pause,
  type Pauses,
} from '../../../src/facts/pauses.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-29T12:00:00Z');

function pause(since: number, endsAt: number): Pause {
  return { since: NOW + since, endsAt: NOW + endsAt, by: 'anna', reason: 'new disks' };
}

test('nothing is paused at first', () => {
  expect(clientPauseAt(NO_PAUSES, NOW)).toBeUndefined();
  expect(backendPauseAt(NO_PAUSES, 'nas', NOW)).toBeUndefined();
  expect(pausesOver(NO_PAUSES, 'nas', NOW)).toEqual([]);
});

test('the pause of a client is one of all its backends, and that of a backend of no other', () => {
  const ofClient = pause(0, HOUR);
  const own = pause(0, 2 * HOUR);
  const pauses: Pauses = { clientPause: ofClient, backendPauses: { nas: own } };

  expect(backendPauseAt(pauses, 'nas', NOW)).toBe(own);
  expect(backendPauseAt(pauses, 'usb', NOW)).toBe(ofClient);
  expect(backendPauseAt(pauses, 'nas', NOW + HOUR)).toBe(own);
  expect(backendPauseAt(pauses, 'usb', NOW + HOUR)).toBeUndefined();
  expect(clientPauseAt(pauses, NOW + HOUR)).toBeUndefined();
});

/** Since which hour something is owed that was owed since a given one. */
function owed(pauses: Pauses, backend: string, now: number) {
  return (hours: number) => {
    const since = owedWithoutPauses(NOW + hours * HOUR, pausesOver(pauses, backend, NOW + now));
    return (since - NOW) / HOUR;
  };
}

test('the time of a pause does not count as lag, and what was owed before it stays owed', () => {
  const pauses: Pauses = { backendPauses: { nas: pause(0, 2 * HOUR) } };
  const later = owed(pauses, 'nas', 9 * HOUR);

  expect([-3, 0, 1, 2, 5].map(later)).toEqual([-1, 2, 2, 2, 5]);
  expect([-3, 1].map(owed(pauses, 'usb', 9 * HOUR))).toEqual([-3, 1]);
  expect([-3, 1].map(owed(pauses, 'nas', HOUR))).toEqual([-3, 1]); // not over yet
});

test('time that two pauses have in common counts once', () => {
  const backendPauses = { nas: pause(0, 2 * HOUR), usb: pause(4 * HOUR, 5 * HOUR) };
  const pauses: Pauses = { clientPause: pause(HOUR, 3 * HOUR), backendPauses };

  expect([-1, 2].map(owed(pauses, 'nas', 9 * HOUR))).toEqual([2, 3]);
  expect([-1, 2, 4].map(owed(pauses, 'usb', 9 * HOUR))).toEqual([2, 4, 5]);
  expect([-1].map(owed(pauses, 'nas', 2.5 * HOUR))).toEqual([-1]); // the client is still paused
});

test('nothing is ever owed since before it was, or since the future, and the order stays', () => {
  const time = fc.integer({ min: -9 * DAY, max: 9 * DAY });
  const times = fc.tuple(time, time);
  fc.assert(
    fc.property(times, times, times, ([a, b], [c, d], [first, second]) => {
      const pauses: Pauses = { clientPause: pause(a, b), backendPauses: { nas: pause(c, d) } };
      const over = pausesOver(pauses, 'nas', NOW);
      const [x, y] = [NOW + Math.min(first, second, 0), NOW + Math.min(Math.max(first, second), 0)];
      const [since, later] = [owedWithoutPauses(x, over), owedWithoutPauses(y, over)];
      expect(since).toBeGreaterThanOrEqual(x);
      expect(since).toBeLessThanOrEqual(later);
      expect(later).toBeLessThanOrEqual(NOW);
    }),
  );
});

test('a backend may be called like a method of objects', () => {
  const pauses: Pauses = { backendPauses: { nas: pause(0, HOUR) } };

  expect(backendPauseAt(pauses, 'constructor', NOW)).toBeUndefined();
  expect(owed(pauses, 'toString', 9 * HOUR)(-1)).toBe(-1);
});

test('a pause holds while the clock is behind by a wrong time zone, and not if it was made by a wrong clock', () => {
  const pauses: Pauses = { clientPause: pause(0, HOUR) };

  expect(clientPauseAt(pauses, NOW - 13 * HOUR)).toBeDefined();
  expect(clientPauseAt(pauses, NOW - 365 * DAY)).toBeUndefined();
});

test('wherever the clock is set to, a pause that holds is over after its length and a day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 * DAY }),
      fc.integer({ min: -9 * DAY, max: 9 * DAY }),
      (length, jump) => {
        const pauses: Pauses = { clientPause: pause(0, length) };
        const now = NOW + jump;
        const later = clientPauseAt(pauses, now) === undefined ? now : now + length + DAY;
        expect(clientPauseAt(pauses, later)).toBeUndefined();
      },
    ),
  );
});
