import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue, common, minus, plus } from '../../../src/repository/catalogue.ts';
import {
  EMPTY_DATA,
  flatten,
  internData,
  SHARD_COUNT,
  split,
  zipData,
} from '../../../src/repository/data-catalogue.ts';
import { countBytes, countObjects, NO_OBJECTS, withKind } from '../../../src/repository/objects.ts';
import { idOf, knownOrNot } from '../../arbitraries/ids.ts';

const anyId = fc
  .tuple(fc.nat(255), fc.nat(3))
  .map(([shard, n]) => `${shard.toString(16).padStart(2, '0')}${n.toString().padStart(62, '0')}`);
const catalogues = fc
  .array(fc.tuple(anyId, knownOrNot), { maxLength: 60 })
  .map((entries) => Catalogue.from(entries));

test('what is split into shards and flattened is the same', () => {
  fc.assert(
    fc.property(catalogues, (whole) => {
      const data = split(whole);

      expect(flatten(data).equals(whole)).toBe(true);
      expect(data.shards).toHaveLength(SHARD_COUNT);
      expect([data.count, data.bytes]).toEqual([whole.count, whole.bytes]);
    }),
  );
});

test('each object is in the shard of its first two digits', () => {
  fc.assert(
    fc.property(catalogues, (whole) => {
      const strays = split(whole).shards.flatMap((shard, i) => {
        const prefix = i.toString(16).padStart(2, '0');
        return [...shard.entries()].filter(({ id }) => !id.startsWith(prefix));
      });

      expect(strays).toEqual([]);
    }),
  );
});

test('has, sizeOf and entries agree with the set in one piece', () => {
  fc.assert(
    fc.property(catalogues, anyId, (whole, other) => {
      const data = split(whole);

      expect([...data.entries()]).toEqual([...whole.entries()]);
      for (const id of [other, ...[...whole.entries()].map((entry) => entry.id)]) {
        expect(data.has(id)).toBe(whole.has(id));
        expect(data.sizeOf(id)).toBe(whole.sizeOf(id));
      }
    }),
  );
});

test.each([
  ['minus', minus],
  ['plus', plus],
  ['common', common],
] as const)('%s by shards is the same in one piece', (_name, combine) => {
  fc.assert(
    fc.property(catalogues, catalogues, (a, b) => {
      const result = flatten(zipData(split(a), split(b), combine));

      expect([...result.entries()]).toEqual([...combine(a, b).entries()]);
    }),
  );
});

test('a shard that did not change is the same object afterwards', () => {
  fc.assert(
    fc.property(catalogues, catalogues, (a, b) => {
      const known = split(a);

      const interned = internData(split(b), known);

      const isShared = interned.shards.map((shard, i) => shard === known.shards[i]);
      const isEqual = interned.shards.map((shard, i) => known.shards[i]?.equals(shard));
      expect(isShared).toEqual(isEqual);
    }),
  );
});

test('sums over all kinds', () => {
  const one = Catalogue.from([[idOf(1), 5]]);
  const objects = withKind(
    withKind(NO_OBJECTS, 'data', split(one)),
    'snapshots',
    Catalogue.from([[idOf(2), undefined]]),
  );

  expect([countObjects(objects), countBytes(objects)]).toEqual([2, 5]);
  expect(EMPTY_DATA.count).toBe(0);
});
