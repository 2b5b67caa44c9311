import { expect, test } from '@jest/globals';
import type { SourceGroups } from '../../../../src/facts/source-groups.ts';
import { namesToSet } from '../../../../src/repository/catalogue.ts';
import { expectGroups, isReadingDue } from '../../../../src/work/groups/due.ts';
import { idOf } from '../../../arbitraries/ids.ts';

const WANTED = [{ path: '/etc' }, { host: 'ahost' }];
const setOf = (...numbers: number[]) => namesToSet(numbers.map(idOf));

/** Two snapshots were read, and the second one is the newest of the first group. */
const KNOWN: SourceGroups = {
  groups: [
    { path: '/etc', since: 1, latest: { id: idOf(2), at: 9 } },
    { host: 'ahost', since: 1 },
  ],
  readAt: 10,
  readFrom: 'nas',
  unreadable: setOf(),
  origins: [{ host: 'ahost', paths: ['/etc'], snapshots: setOf(1, 2) }],
};

test.each([
  { what: 'nothing has changed', now: setOf(1, 2), isDue: false },
  { what: 'there is a new snapshot', now: setOf(1, 2, 3), isDue: true },
  { what: 'an old snapshot was forgotten', now: setOf(2), isDue: false },
  { what: 'the newest of a group was forgotten', now: setOf(1), isDue: true },
])('$what: due $isDue', ({ now, isDue }) => {
  expect(isReadingDue(KNOWN, now)).toBe(isDue);
});

test('groups that stay the same change nothing', () => {
  expect(expectGroups(KNOWN, WANTED, 20)).toBe(KNOWN);
});

test('a new group is expected from now on, and everything is read again', () => {
  const known = expectGroups(KNOWN, [...WANTED, { host: 'ahost', path: '/home' }], 20);
  expect(known.groups?.map(({ since }) => since)).toEqual([1, 1, 20]);
  expect(isReadingDue(known, setOf(1, 2))).toBe(true);
});

test('a group that is no longer expected is forgotten, and nothing is read', () => {
  const known = expectGroups(KNOWN, [{ host: 'ahost' }], 20);
  expect(known.groups).toEqual([{ host: 'ahost', since: 1 }]);
  expect(isReadingDue(known, setOf(1, 2))).toBe(false);
});

test('without groups, nothing is ever read', () => {
  const known = expectGroups(KNOWN, [], 20);
  expect(isReadingDue(known, setOf(1, 2, 3))).toBe(false);
});
