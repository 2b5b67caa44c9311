import { UNSHARED } from '../../../../src/locations/turns.ts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planBatches } from '../../../../src/locations/directory/batches.ts';
import { Catalogue, concat, slice } from '../../../../src/repository/catalogue.ts';
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

      const batches = [...planBatches(objects)];

      expect(concat(batches.map((batch) => batch.objects)).equals(objects)).toBe(true);
      for (const { objects: part, messages } of batches) {
        const parts = messages.map(({ start, end }) => slice(part, start, end));
        expect(concat(parts).equals(part)).toBe(true);
      }
    }),
  );
});

test('a batch is within its limits, or is a single file that exceeds them', () => {
  fc.assert(
    fc.property(sizes, (list) => {
      for (const { objects, bytes, messages } of planBatches(catalogueOf(list))) {
        expect(objects.count).toBeGreaterThan(0);
        expect(objects.count === 1 || bytes <= 512 * MIB).toBe(true);
        for (const { start, end } of messages) expect(end - start).toBeLessThanOrEqual(64);
      }
    }),
  );
});

test('few or large files are synced one by one, many small ones together', () => {
  const syncsEach = (count: number, size: number) =>
    [...planBatches(catalogueOf(Array.from({ length: count }, () => size)))][0]?.syncEach;

  expect(syncsEach(3, 100)).toBe(true);
  expect(syncsEach(100, 4 * MIB)).toBe(true);
  expect(syncsEach(100, 100)).toBe(false);
});

test('a batch is no larger than the limit of its turn', () => {
  const turns = { ...UNSHARED, batchBytes: 10 };
  const objects = Catalogue.from([1, 2, 3, 4, 5].map((n) => [n.toString(16).padStart(64, '0'), 5]));
  const batches = planBatches(objects, turns);

  expect(batches.next().value).toMatchObject({ bytes: 10 });
  turns.batchBytes = 1;
  expect([...batches].map(({ bytes }) => bytes)).toEqual([5, 5, 5]);
});
