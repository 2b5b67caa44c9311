import { expect, test } from '@jest/globals';
import { offered, unobtainable, type RepairQuestion } from '../../../src/replication/repair.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (ids: readonly number[]) => Catalogue.from(ids.map((n) => [idOf(n), 5]));
const packs = (...ids: number[]): Objects => ({ ...NO_OBJECTS, data: split(set(ids)) });
const namesOf = ({ data, index, keys, snapshots }: Objects) =>
  [keys, data, index, snapshots].flatMap((each) => [...each.entries()].map(({ id }) => id));
const wanted = (question: Partial<RepairQuestion>) =>
  namesOf(
    unobtainable({
      lost: NO_OBJECTS,
      listed: NO_OBJECTS,
      source: NO_OBJECTS,
      corrupt: [],
      retired: NO_OBJECTS,
      ...question,
    }),
  );

test('what the source has is not asked of others', () => {
  expect(wanted({ lost: packs(1, 2), source: packs(1) })).toEqual([idOf(2)]);
});

test('what is corrupt at the source is asked of others, where it is not there', () => {
  const corrupt = [`data/${idOf(1)}`, `index/${idOf(2)}`, `data/${idOf(3)}`];
  const source = { ...packs(1, 3), index: set([2]) };
  expect(wanted({ corrupt, source, listed: packs(3) })).toEqual([idOf(1), idOf(2)]);
  expect(wanted({ corrupt, source, listed: packs(3), lost: packs(3) })).toEqual(
    [1, 3, 2].map(idOf),
  );
});

test('without a view of the source, all that is lost is asked of others', () => {
  expect(wanted({ lost: packs(1), source: undefined })).toEqual([idOf(1)]);
});

test('neither snapshots nor what a person moved aside come back', () => {
  const lost = { ...NO_OBJECTS, snapshots: set([1]), index: set([2, 3]) };
  const retired = { ...NO_OBJECTS, index: set([2]) };
  expect(wanted({ lost, retired })).toEqual([idOf(3)]);
});

test('another replica offers what it has and has not lost', () => {
  expect(namesOf(offered(packs(1, 2, 3), { objects: packs(2, 3, 4), lost: packs(3) }))).toEqual([
    idOf(2),
  ]);
});
