import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchesOf } from '../../../../src/locations/batches-of.ts';
import { BATCH_FILES, messagesOf, syncsEach } from '../../../../src/locations/directory/batches.ts';
import { UNSHARED } from '../../../../src/locations/turns.ts';
import { Catalogue, concat } from '../../../../src/repository/catalogue.ts';
import { idOf } from '../../../arbitraries/ids.ts';

const MIB = 2 ** 20;
const sizes = fc.array(fc.oneof(fc.nat(100), fc.nat(600 * MIB), fc.constant(undefined)), {
  maxLength: 300,
});

function catalogueOf(list: readonly (number | undefined)[]): Catalogue {
  return Catalogue.from(list.map((size, n) => [idOf(n), size]));
}

test('batches and their messages are the objects, each once and in order', () => {
  fc.assert(
    fc.property(sizes, (list) => {
      const objects = catalogueOf(list);

      const batches = [...batchesOf(objects, BATCH_FILES, UNSHARED)];

      expect(concat(batches).equals(objects)).toBe(true);
      for (const batch of batches) expect(concat(messagesOf(batch)).equals(batch)).toBe(true);
    }),
  );
});

test('a batch is within its limits, or is a single file that exceeds them', () => {
  fc.assert(
    fc.property(sizes, (list) => {
      for (const batch of batchesOf(catalogueOf(list), BATCH_FILES, UNSHARED)) {
        expect(batch.count).toBeGreaterThan(0);
        expect(batch.count === 1 || batch.bytes <= 128 * MIB).toBe(true);
        for (const { count } of messagesOf(batch)) expect(count).toBeLessThanOrEqual(64);
      }
    }),
  );
});

test('few or large files are synced one by one, many small ones together', () => {
  const syncsAll = (count: number, size: number) =>
    syncsEach(catalogueOf(Array.from({ length: count }, () => size)));

  expect(syncsAll(3, 100)).toBe(true);
  expect(syncsAll(100, 4 * MIB)).toBe(true);
  expect(syncsAll(100, 100)).toBe(false);
});

test('a batch is no larger than the limit of its turn', () => {
  const turns = { ...UNSHARED, batchBytes: 10 };
  const objects = Catalogue.from([1, 2, 3, 4, 5].map((n) => [n.toString(16).padStart(64, '0'), 5]));
  const batches = batchesOf(objects, BATCH_FILES, turns);

  expect(batches.next().value).toMatchObject({ bytes: 10 });
  turns.batchBytes = 1;
  expect([...batches].map(({ bytes }) => bytes)).toEqual([5, 5, 5]);
});
