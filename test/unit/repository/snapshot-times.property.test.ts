import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import {
  latestOf,
  SnapshotTimes,
  type SnapshotTime,
} from '../../../src/repository/snapshot-times.ts';
import { idOf, objectId } from '../../arbitraries/ids.ts';

const time: fc.Arbitrary<SnapshotTime> = fc.record({ time: fc.nat(9), arrivedAt: fc.nat(9) });
const patches = fc.array(
  fc.array(fc.tuple(objectId, time), { maxLength: 6 }).map((entries) => new Map(entries)),
  { maxLength: 6 },
);

test('behaves like a map when entries are set again', () => {
  fc.assert(
    fc.property(patches, objectId, (all, other) => {
      const model = new Map(all.flatMap((patch) => [...patch]));

      const times = all.reduce((known, patch) => known.with(patch), new SnapshotTimes());

      expect(new Map(times.entries())).toEqual(model);
      expect(times.count).toBe(model.size);
      for (const id of [other, ...model.keys()]) expect(times.get(id)).toEqual(model.get(id));
    }),
  );
});

test('keeps only what it is asked to keep', () => {
  fc.assert(
    fc.property(patches, fc.array(objectId), (all, kept) => {
      const times = all.reduce((known, patch) => known.with(patch), new SnapshotTimes());

      const left = times.keepOnly((id) => kept.includes(id));

      expect([...left.entries()]).toEqual([...times.entries()].filter(([id]) => kept.includes(id)));
    }),
  );
});

test('the newest of a set is the newest whose time is remembered', () => {
  const times = new SnapshotTimes().with(
    new Map([
      [idOf(1), { time: 5, arrivedAt: 5 }],
      [idOf(2), { time: 9, arrivedAt: 9 }],
      [idOf(3), { time: 99, arrivedAt: 99 }],
    ]),
  );
  const set = Catalogue.from([1, 2, 4].map((n) => [idOf(n), undefined]));

  expect(latestOf(set, times)).toEqual({ id: idOf(2), at: 9 });
  expect(latestOf(Catalogue.from([]), times)).toBeUndefined();
});
