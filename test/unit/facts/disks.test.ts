import { expect, test } from '@jest/globals';
import { enterPlace } from '../../../src/facts/disks.ts';
import { initialBackend } from '../../../src/facts/initial.ts';
import type { BackendFacts } from '../../../src/facts/facts.ts';
import type { Place } from '../../../src/facts/place.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;

/** When the backend was away, as an inspection that finds `markerId` now records it. */
function lastAbsence(known: BackendFacts, markerId = 'a'): Place['lastAbsence'] {
  const found = { place: { markerId, up: true, lastContact: NOW }, hasDisks: true };
  return enterPlace(known, found).place.lastAbsence;
}

function backend(place: Place): BackendFacts {
  return { ...initialBackend(0), place: { markerId: 'a', ...place } };
}

test('an absence ends with the next contact', () => {
  const since = NOW - 5 * HOUR;
  const known = backend({ up: false, lastContact: since });
  expect(lastAbsence(known)).toEqual({ since, endedAt: NOW });
});

test('time without a contact is no absence while the place was there', () => {
  expect(lastAbsence(backend({ up: true, lastContact: NOW - 24 * HOUR }))).toBeUndefined();
  expect(lastAbsence(initialBackend(0))).toBeUndefined();
});

test('an absence of some minutes replaces no earlier one', () => {
  const before = { since: NOW - 50 * HOUR, endedAt: NOW - 2 * HOUR };
  const known = backend({ up: false, lastContact: NOW - HOUR / 2, lastAbsence: before });
  expect(lastAbsence(known)).toEqual(before);
});

test('a disk that takes its turn was away', () => {
  const [a, b] = [NOW - 100 * HOUR, NOW - 1 * HOUR];
  const { contents, audit, restores } = initialBackend(0);
  const disk = { place: { markerId: 'a', up: true, lastContact: a }, contents, audit, restores };
  const known = { ...backend({ markerId: 'b', lastContact: b }), disks: new Map([['a', disk]]) };
  expect(lastAbsence(known)).toEqual({ since: a, endedAt: NOW });
});

test('a disk that was never seen was not away', () => {
  expect(lastAbsence(backend({ up: true, lastContact: NOW - 9 * HOUR }), 'new')).toBeUndefined();
});
