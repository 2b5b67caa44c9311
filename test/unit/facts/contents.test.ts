import { expect, test } from '@jest/globals';
import { recallContents, storeContents } from '../../../src/facts/contents.ts';
import { EMPTY_CATALOGUE, namesOf, namesToSet } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)] as const;

test('a snapshot that was complete once and came back with another program is unproven, not complete', () => {
  const stored = { retained: namesToSet([a, b]), unproven: namesToSet([a]), lost: NO_OBJECTS };

  const { complete, proven } = recallContents(
    { ...stored, missing: new Map() },
    EMPTY_CATALOGUE,
    new SnapshotTimes(),
  );

  expect(complete && [...complete.entries()].map(({ id }) => id)).toEqual([b]);
  expect(proven?.count).toBe(2);
});

test('a snapshot that was complete once and is gone is not complete after a restart, but known', () => {
  const [complete, proven] = [namesToSet([b]), namesToSet([a, b])];

  const stored = storeContents(
    { complete, proven, missing: new Map(), lost: NO_OBJECTS },
    EMPTY_CATALOGUE,
  );
  const later = recallContents(stored, EMPTY_CATALOGUE, new SnapshotTimes());

  expect(later.complete && namesOf(later.complete)).toEqual([b]);
  expect(later.proven && namesOf(later.proven)).toEqual([a, b]);
});
