import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recallLosses } from '../../../src/backends/recall-losses.ts';
import { Catalogue, minus, plus } from '../../../src/repository/catalogue.ts';
import { flatten, split } from '../../../src/repository/data-catalogue.ts';
import { heldOf } from '../../../src/repository/held.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { idOf } from '../../arbitraries/ids.ts';

/** Packs, each a number that is its size, too. */
const packs = (...numbers: readonly number[]): Objects => ({
  ...NO_OBJECTS,
  data: split(Catalogue.from(numbers.map((number) => [idOf(number), number + 1]))),
});
const withSize = (number: number, size: number): Objects => ({
  ...NO_OBJECTS,
  data: split(Catalogue.from([[idOf(number), size]])),
});
const names = ({ data }: Objects) => [...data.entries()].map(({ id }) => id);
const ids = (...numbers: readonly number[]) => numbers.map((number) => idOf(number)).sort();

/** The expected objects, of which only summaries are remembered. */
const summaries = (objects: Objects) => ({ summaries: heldOf(objects).summaries });

test.each<[string, Parameters<typeof recallLosses>[0], ReturnType<typeof expected>]>([
  ['nothing differs', question(summaries(packs(1, 2)), packs(1, 2), packs(1, 2)), expected()],
  [
    'the source has all that is gone',
    question(summaries(packs(1, 2)), packs(), packs(1, 2)),
    expected({ lost: [1, 2] }),
  ],
  [
    'the source has something new as well',
    question(summaries(packs(1)), packs(1), packs(1, 2)),
    expected(),
  ],
  [
    'the source has it no longer',
    question(summaries(packs(1, 2)), packs(1), packs(1)),
    expected({ unnamed: 1 }),
  ],
  [
    'the source has it no longer, and its name is remembered',
    question(heldOf(packs(1, 2)), packs(1), packs(1)),
    expected({ lost: [2] }),
  ],
  [
    'cut short, and the source has it',
    question(summaries(packs(5)), withSize(5, 2), packs(5)),
    expected({ lost: [5] }),
  ],
  [
    'cut short, and the source has it no longer',
    question(summaries(packs(5)), withSize(5, 2), packs()),
    expected({ unnamed: 1 }),
  ],
  [
    'a pass that was killed has added some',
    question(heldOf(packs(1)), packs(1, 2), packs(1, 2, 3)),
    expected(),
  ],
  [
    'more is there than expected, for an unknown reason',
    question(summaries(packs(1)), packs(2), packs(2)),
    expected({ isCertain: false }),
  ],
])('%s', (_what, asked, answer) => {
  const { lost, ...rest } = recallLosses(asked);
  expect({ lost: names(lost), ...rest }).toEqual(answer);
});

function question(held: ReturnType<typeof summaries>, listed: Objects, source: Objects) {
  return { held, listed, source };
}

function expected({
  lost = [],
  unnamed = 0,
  isCertain = true,
}: { lost?: number[]; unnamed?: number; isCertain?: boolean } = {}) {
  return { lost: ids(...lost), unnamed, isCertain };
}

const some = fc.uniqueArray(fc.nat(40), { maxLength: 12 });

test('a loss is never missed with certainty, and present objects are never lost', () => {
  fc.assert(
    fc.property(some, some, some, fc.boolean(), (...[held, gone, fresh, hasNames]) => {
      const [should, source] = [packs(...held), packs(...fresh)];
      const lostOnes = held.filter((number) => gone.includes(number));
      const listed = packs(...held.filter((number) => !gone.includes(number)));
      const memory = hasNames ? heldOf(should) : summaries(should);

      const { lost, unnamed, isCertain } = recallLosses({ held: memory, listed, source });

      const [all, there] = [flatten(lost.data), flatten(listed.data)];
      expect(minus(all, there).count).toBe(all.count);
      if (lostOnes.length === 0) expect([all.count, unnamed, isCertain]).toEqual([0, 0, true]);
      else expect(all.count + unnamed > 0 || !isCertain).toBe(true);
      if (hasNames) expect(plus(there, all).equals(flatten(should.data))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
