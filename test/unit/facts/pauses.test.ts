import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  backendPauseAt,
  clientPauseAt,
  NO_PAUSES,
  resumedAt,
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
  expect(resumedAt(NO_PAUSES, 'nas', NOW)).toBeUndefined();
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

test('a backend resumes when the last of its pauses ends', () => {
  const backendPauses = { nas: pause(0, 2 * HOUR) };
  const pauses: Pauses = { clientPause: pause(0, HOUR), backendPauses };

  expect(resumedAt(pauses, 'nas', NOW + HOUR)).toBeUndefined();
  expect(resumedAt(pauses, 'usb', NOW + HOUR)).toBe(NOW + HOUR);
  expect(resumedAt(pauses, 'nas', NOW + 9 * HOUR)).toBe(NOW + 2 * HOUR);
});

test('a backend may be called like a method of objects', () => {
  const pauses: Pauses = { backendPauses: { nas: pause(0, HOUR) } };

  expect(backendPauseAt(pauses, 'constructor', NOW)).toBeUndefined();
  expect(resumedAt(pauses, 'toString', NOW)).toBeUndefined();
});

test('a pause holds while the clock is behind by a wrong time zone, and not if it was made by a wrong clock', () => {
  const pauses: Pauses = { clientPause: pause(0, HOUR) };

  expect(clientPauseAt(pauses, NOW - 13 * HOUR)).toBeDefined();
  expect(clientPauseAt(pauses, NOW - 365 * DAY)).toBeUndefined();
  expect(resumedAt(pauses, 'nas', NOW - 365 * DAY)).toBeUndefined();
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
