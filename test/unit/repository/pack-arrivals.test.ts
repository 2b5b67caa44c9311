import { expect, test } from '@jest/globals';
import {
  arrivalsOf,
  recordArrival,
  sparedBy,
  type PackArrival,
} from '../../../src/repository/pack-arrivals.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (...numbers: number[]) => Catalogue.from(numbers.map((n) => [idOf(n), 10]));
const view = (data: number[], index: number[], snapshots: number[]): Objects => ({
  ...NO_OBJECTS,
  data: split(set(...data)),
  index: set(...index),
  snapshots: set(...snapshots),
});
const BAD = idOf(9);

/** The arrivals in a series of views, and the last one. */
function watch(...views: Objects[]): [readonly PackArrival[], Objects] {
  let arrivals: readonly PackArrival[] = [];
  views.forEach((now, i) => {
    const before = views[i - 1];
    if (before !== undefined) arrivals = recordArrival(arrivals, before, now);
  });
  return [arrivals, views.at(-1) ?? NO_OBJECTS];
}

test('snapshots of a valid view without the pack are spared; those that came with it or later are not', () => {
  const [arrivals, last] = watch(
    view([1], [1], [1]),
    view([1, 9], [1, 2], [1, 2]),
    view([1, 9, 3], [1, 2, 3], [1, 2, 3]),
  );

  expect(sparedBy([BAD], arrivals, last)).toEqual({ index: set(1), snapshots: set(1) });
});

test('a pack that was there from the start spares no snapshot, even if its size differs', () => {
  const short = { ...view([1], [1, 2], [1, 2]), data: split(Catalogue.from([[BAD, 3]])) };
  const [arrivals, last] = watch(view([9], [1], [1]), short);

  expect(sparedBy([BAD], arrivals, last)).toEqual({ index: set(), snapshots: set() });
});

test('no snapshot is spared once an index of that view was replaced: they may need the new one', () => {
  const [arrivals, last] = watch(
    view([1, 2], [1, 2], [1, 2]),
    view([1, 2, 9], [1, 2, 3], [1, 2, 3]),
    view([1, 2, 9], [1, 4], [1, 2, 3]),
  );

  expect(sparedBy([BAD], arrivals, last)).toEqual({ index: set(), snapshots: set() });
});

test('a pack that was away for a while spares no snapshot', () => {
  const [arrivals, last] = watch(
    view([1, 9], [1], [1]),
    view([1], [1], [1]),
    view([1, 9], [1], [1]),
  );

  expect(sparedBy([BAD], arrivals, last)).toEqual({ index: set(), snapshots: set() });
});

test('of several packs, all must have been away', () => {
  const [arrivals, last] = watch(
    view([1], [1], [1]),
    view([1, 9], [1, 2], [1, 2]),
    view([1, 9, 8], [1, 2, 3], [1, 2, 3]),
  );

  expect(sparedBy([idOf(8)], arrivals, last).snapshots).toEqual(set(1, 2));
  expect(sparedBy([idOf(8), BAD], arrivals, last).snapshots).toEqual(set(1));
  expect(sparedBy([BAD, idOf(7)], arrivals, last).snapshots).toEqual(set());
});

test('a restart remembers the arrivals of corrupt packs, and no others', () => {
  const [arrivals, last] = watch(view([1], [1], [1]), view([1, 9, 8], [1, 2], [1, 2]));
  const facts = initialFacts('ahost', [], 0);
  const nas = initialBackend(0);
  const known = { ...nas, attempts: { ...nas.attempts, corrupt: [`data/${BAD}`] } };
  const { source } = throughAFile({
    ...facts,
    source: { ...facts.source, contents: { ...facts.source.contents, arrivals } },
    backends: new Map([['nas', known]]),
  });

  const back = source.contents.arrivals ?? [];

  expect(sparedBy([BAD], back, last)).toEqual(sparedBy([BAD], arrivals, last));
  expect(sparedBy([idOf(8)], back, last).snapshots).toEqual(set());
  expect(arrivalsOf(new Set([idOf(5)]), arrivals)).toEqual([]);
});
