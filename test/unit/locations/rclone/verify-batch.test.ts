import { expect, test } from '@jest/globals';
import { verifyBatch } from '../../../../src/locations/rclone/verify-batch.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { objectPath } from '../../../../src/repository/names.ts';
import { MemoryLocation, sha256 } from '../../../support/memory-location.ts';

const NEVER = new AbortController().signal;
const [GOOD, BAD, NEW] = [sha256('good'), sha256('as it was'), sha256('new')];

/** A source with a good object, a changed one, and one in an unknown state. */
function source(): MemoryLocation {
  const location = new MemoryLocation();
  location.place.put(objectPath('data', GOOD), 'good');
  location.place.put(objectPath('data', BAD), 'as it is');
  location.place.put(objectPath('data', NEW), 'neu');
  return location;
}

const batch = Catalogue.from([
  [GOOD, 4],
  [BAD, 8],
  [NEW, 3],
]);
const idsIn = (set: Catalogue) => [...set.entries()].map(({ id }) => id);

test('objects that are near are all hashed', async () => {
  const transfer = { source: source(), kind: 'data', objects: batch } as const;

  const { placed, corrupt } = await verifyBatch(transfer, batch, { isFar: false, signal: NEVER });

  expect(idsIn(placed)).toEqual([GOOD]);
  expect(corrupt.map(({ id }) => id).sort()).toEqual([BAD, NEW].sort());
});

test('of objects that are far, only those that would replace others are hashed (I5)', async () => {
  const replaced = Catalogue.from([
    [GOOD, 4],
    [BAD, 9],
  ]);
  const transfer = { source: source(), kind: 'data', objects: batch, replaced } as const;

  const { placed, corrupt } = await verifyBatch(transfer, batch, { isFar: true, signal: NEVER });

  expect(idsIn(placed)).toEqual([GOOD, NEW].sort());
  expect(corrupt).toMatchObject([{ id: BAD }]);
});

test('if none would, nothing is read', async () => {
  const far = source();
  const transfer = { source: far, kind: 'data', objects: batch } as const;

  const { placed } = await verifyBatch(transfer, batch, { isFar: true, signal: NEVER });

  expect(placed).toBe(batch);
  expect(far.calls).toEqual([]);
});
