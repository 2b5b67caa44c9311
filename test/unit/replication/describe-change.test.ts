import { expect, test } from '@jest/globals';
import { describeChange, smallestOf } from '../../../src/replication/describe-change.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { idOf } from '../../arbitraries/ids.ts';

function objects(
  packs: readonly (readonly [number, number])[],
  index: readonly number[] = [],
): Objects {
  return {
    ...NO_OBJECTS,
    data: split(Catalogue.from(packs.map(([n, size]) => [idOf(n), size]))),
    index: Catalogue.from(index.map((n) => [idOf(n), 5])),
  };
}

test('the smallest of all kinds are chosen', () => {
  const many = objects(
    [...Array(200).keys()].map((n) => [n, 1_000 - n] as const),
    [7],
  );

  expect([...smallestOf(many, 3)]).toEqual([
    ['index', [idOf(7)]],
    ['data', [idOf(199), idOf(198)]],
  ]);
});

test('nothing is chosen of nothing', () => {
  expect([...smallestOf(NO_OBJECTS, 3)]).toEqual([]);
});

test('one file, with both sizes', () => {
  const text = describeChange([{ kind: 'data', id: idOf(1) }], {
    before: objects([[1, 5_000]]),
    now: objects([[1, 1]]),
  });

  expect(text).toBe(
    `1 file of the source was overwritten: data/00/${idOf(1)} has 1 byte instead of 5,000, and does not match its name`,
  );
});

test('many files, with one as an example', () => {
  const text = describeChange([{ kind: 'index', id: idOf(7) }], {
    before: objects([[1, 9]], [7]),
    now: objects([[1, 1]], [7]),
  });

  expect(text).toMatch(/^2 files of the source were overwritten, for example: index\/0007/);
});
