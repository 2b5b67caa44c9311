import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import type { DirectoryListing } from '../../../src/repository/directory-listing.ts';
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
  .array(objectId, { maxLength: 6 })
  .map((ids) => Catalogue.from(ids.map((id) => [id, undefined])));

const listing: fc.Arbitrary<DirectoryListing> = fc.record({
  stamp: fc.option(fc.string()),
  objects: catalogue,
  ignored: fc.nat(),
  refused: fc.array(fc.string()),
});

const listings: fc.Arbitrary<Listings> = fc
  .array(fc.tuple(fc.string(), fc.array(fc.tuple(fc.string(), listing), { maxLength: 4 })), {
    maxLength: 3,
  })
  .map((places) => new Map(places.map(([label, rows]) => [label, new Map(rows)])));

function plain(all: Listings | undefined): unknown {
  return [...(all ?? [])].map(([label, rows]) => [
    label,
    [...rows].map(([path, { objects, ...rest }]) => [path, rest, [...objects.entries()]]),
  ]);
}

test('what was remembered comes back as it was', () => {
  fc.assert(
    fc.property(listings, (all) => {
      expect(plain(decodeListings(encodeListings(all)))).toEqual(plain(all));
    }),
  );
});

test('a file with any byte changed, or cut short anywhere, is as good as none', () => {
  fc.assert(
    fc.property(listings, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, flip) => {
      const bytes = encodeListings(all);
      const position = at % bytes.length;
      const damaged = Buffer.from(bytes);
      damaged[position] = (damaged[position] ?? 0) ^ flip;

      expect(decodeListings(damaged)).toBeUndefined();
      expect(decodeListings(bytes.subarray(0, position))).toBeUndefined();
    }),
  );
});

test('places that shared a set share it again', () => {
  const objects = Catalogue.from([['a'.repeat(64), undefined]]);
  const one: DirectoryListing = { stamp: '1', objects, ignored: 0, refused: [] };
  const all = new Map([
    ['source', new Map([['data/aa', one]])],
    ['target', new Map([['data/aa', { ...one, stamp: '2' }]])],
  ]);

  const back = decodeListings(encodeListings(all));

  expect(back?.get('target')?.get('data/aa')?.objects).toBe(
    back?.get('source')?.get('data/aa')?.objects,
  );
});

test('the file is private, and one that cannot be used is no error', async () => {
  const file = listingFileOf(temporaryDirectory(), 'ahost');
  expect(await loadListings(file)).toEqual(new Map());

  await saveListings(file, new Map([['source', new Map()]]));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await loadListings(file)).toEqual(new Map([['source', new Map()]]));

  writeFileSync(file, readFileSync(file).subarray(1));
  expect(await loadListings(file)).toEqual(new Map());
  expect(await loadListings(join(file, 'below-a-file'))).toEqual(new Map());
});
