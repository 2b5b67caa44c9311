import { expect, test } from '@jest/globals';
import { disksOf, enterPlace } from '../../../src/facts/disks.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import type { BackendFacts } from '../../../src/facts/facts.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import type { Place } from '../../../src/facts/place.ts';
import { sumOfCounts, type RestoreCounts } from '../../../src/facts/restores.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';

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

/** A backend whose disk `a` was checked three times. */
function checked(): BackendFacts {
  const restores = { restoredAt: NOW, restoreCounts: { ok: 2, failed: 1 } };
  const contents = { ...initialBackend(0).contents, complete: Catalogue.from([]) };
  return { ...backend({ markerId: 'a', up: true }), contents, restores };
}

function countsOf(known: BackendFacts): RestoreCounts {
  return sumOfCounts(disksOf(known));
}

const COUNTS: RestoreCounts = { ok: 2, failed: 1, inconclusive: 0 };
const here = (markerId: string | undefined) => ({ place: { markerId, up: true }, hasDisks: true });

test.each([
  ['the disk is adopted again', { ...here('new'), replaces: ['a'] }],
  ['there is no marker', here(undefined)],
  ['the place has no disks', { ...here('b'), hasDisks: false }],
])('no counter goes back if %s, and nothing else is known of the place', (_case, found) => {
  const known = { ...checked(), ...enterPlace(checked(), found) };
  expect(countsOf(known)).toEqual(COUNTS);
  expect(known.restores.restoredAt).toBeUndefined();
});

test('no counter goes back when the oldest of many disks is forgotten', () => {
  let known = checked();
  for (let i = 0; i < 20; i += 1) {
    known = { ...known, contents: checked().contents };
    const place = { markerId: `disk-${i}`, up: true, lastContact: NOW + i };
    known = { ...known, ...enterPlace(known, { place, hasDisks: true }) };
  }
  expect(known.disks.size).toBeLessThan(20);
  expect(countsOf(known)).toEqual(COUNTS);
});

test('no counter goes back when the place turns out to be another one', () => {
  const store = new FactStore({
    ...initialFacts('ahost', ['nas'], 0),
    backends: new Map([['nas', checked()]]),
  });
  store.forgetPlace('nas');
  expect(store.backend('nas').restores.restoredAt).toBeUndefined();
  expect(countsOf(store.backend('nas'))).toEqual(COUNTS);
});
