import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { setsOf } from '../../../src/repository/held.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import {
  decodeListings,
  encodeListings,
  listingFileOf,
  loadListings,
  saveListings,
  type Listings,
} from '../../../src/state/listing-file.ts';
import { objectId } from '../../arbitraries/ids.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const catalogue = fc
  .array(fc.tuple(objectId, fc.option(fc.nat(), { nil: undefined })), { maxLength: 6 })
  .map((entries) => Catalogue.from(entries));

const objects: fc.Arbitrary<Objects> = fc
  .tuple(catalogue, catalogue, catalogue, catalogue)
  .map(([keys, index, snapshots, data]) => ({ keys, index, snapshots, data: split(data) }));

const listings: fc.Arbitrary<Listings> = fc
  .array(fc.tuple(fc.string(), objects), { maxLength: 3 })
  .map((places) => new Map(places));

function plain(all: Listings | undefined): unknown {
  return [...(all ?? [])].map(([place, sets]) => [
    place,
    setsOf(sets).map((set) => [...set.entries()]),
  ]);
}

test('remembered facts are restored unchanged', () => {
  fc.assert(
    fc.property(listings, (all) => {
      expect(plain(decodeListings(encodeListings(all)))).toEqual(plain(all));
    }),
    { numRuns: 30 },
  );
});

test('a file with any byte changed, or cut short anywhere, is ignored', () => {
  fc.assert(
    fc.property(listings, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, flip) => {
      const bytes = encodeListings(all);
      const position = at % bytes.length;
      const damaged = Buffer.from(bytes);
      damaged[position] = (damaged[position] ?? 0) ^ flip;

      expect(decodeListings(damaged)).toBeUndefined();
      expect(decodeListings(bytes.subarray(0, position))).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});

test('places that shared a set share it again', () => {
  const keys = Catalogue.from([['a'.repeat(64), 7]]);
  const all = new Map([
    ['source', { ...NO_OBJECTS, keys }],
    ['target', { ...NO_OBJECTS, keys }],
  ]);

  const back = decodeListings(encodeListings(all));

  expect(back?.get('target')?.keys).toBe(back?.get('source')?.keys);
});

test('the file is private, and one that cannot be used is no error', async () => {
  const file = listingFileOf(temporaryDirectory(), 'ahost');
  expect(await loadListings(file)).toEqual(new Map());

  await saveListings(file, new Map([['source', NO_OBJECTS]]));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await loadListings(file)).has('source')).toBe(true);

  writeFileSync(file, readFileSync(file).subarray(1));
  expect(await loadListings(file)).toEqual(new Map());
  expect(await loadListings(join(file, 'below-a-file'))).toEqual(new Map());
});
