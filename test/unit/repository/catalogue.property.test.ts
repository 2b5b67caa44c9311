import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  Catalogue,
  common,
  concat,
  EMPTY_CATALOGUE,
  intern,
  minus,
  plus,
  sameSize,
  slice,
  withSizesOf,
} from '../../../src/repository/catalogue.ts';
import { idOf, knownOrNot, objectId } from '../../arbitraries/ids.ts';

type Model = ReadonlyMap<string, number | undefined>;

const models: fc.Arbitrary<Model> = fc
  .array(fc.tuple(objectId, knownOrNot), { maxLength: 24 })
  .map((entries) => new Map(entries));

function contents(catalogue: Catalogue): [string, number | undefined][] {
  return [...catalogue.entries()].map(({ id, size }) => [id, size]);
}

function sorted(model: Model): [string, number | undefined][] {
  return [...model].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('a catalogue holds what it was made from, sorted, the last size of a repeated id', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(objectId, knownOrNot)), (entries) => {
      const model = new Map(entries);

      const catalogue = Catalogue.from(entries);

      expect(contents(catalogue)).toEqual(sorted(model));
      expect(catalogue.count).toBe(model.size);
      expect(catalogue.bytes).toBe([...model.values()].reduce((a: number, b = 0) => a + b, 0));
    }),
  );
});

test('has and sizeOf agree with a map, for ids that are there and ids that are not', () => {
  fc.assert(
    fc.property(models, objectId, (model, other) => {
      const catalogue = Catalogue.from(model);

      for (const id of [...model.keys(), other]) {
        expect(catalogue.has(id)).toBe(model.has(id));
        expect(catalogue.sizeOf(id)).toBe(model.get(id));
      }
    }),
  );
});

test('minus leaves what is not there, or there with another known size', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const left = [...a].filter(([id, size]) => !b.has(id) || !sameSize(size, b.get(id)));

      const result = minus(Catalogue.from(a), Catalogue.from(b));

      expect(contents(result)).toEqual(sorted(new Map(left)));
    }),
  );
});

test('plus holds both; the second tells the size, unless it does not know', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const wanted = new Map(a);
      for (const [id, size] of b) wanted.set(id, size ?? a.get(id));

      const result = plus(Catalogue.from(a), Catalogue.from(b));

      expect(contents(result)).toEqual(sorted(wanted));
      expect(result.ids.length).toBe(result.count * 32);
    }),
  );
});

test('common holds what both have, with the size of the first', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const wanted = [...a].filter(([id]) => b.has(id));

      const result = common(Catalogue.from(a), Catalogue.from(b));

      expect(contents(result)).toEqual(sorted(new Map(wanted)));
    }),
  );
});

test('sets that are mostly the same are compared as others are', () => {
  const positions = fc.array(fc.nat(299), { maxLength: 12 });
  const without = (taken: readonly number[]): Model =>
    new Map(
      Array.from({ length: 300 }, (_, n) => [idOf(n), n] as const).filter(
        ([, n]) => !taken.includes(n),
      ),
    );
  fc.assert(
    fc.property(positions, positions, positions, (fromA, fromB, changed) => {
      const a = without(fromA);
      const b = new Map(
        [...without(fromB)].map(([id, n = 0]) => [id, changed.includes(n) ? n + 1 : n]),
      );
      const [first, second] = [Catalogue.from(a), Catalogue.from(b)];

      expect(contents(minus(first, second))).toEqual(
        sorted(new Map([...a].filter(([id, n]) => b.get(id) !== n))),
      );
      expect(contents(common(first, second))).toEqual(
        sorted(new Map([...a].filter(([id]) => b.has(id)))),
      );
      expect(contents(withSizesOf(first, second))).toEqual(
        sorted(new Map([...a].map(([id]) => [id, b.get(id)]))),
      );
    }),
  );
});

test('no operation changes its operands', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const [first, second] = [Catalogue.from(a), Catalogue.from(b)];

      for (const operate of [minus, plus, common]) operate(first, second);

      expect(contents(first)).toEqual(sorted(a));
      expect(contents(second)).toEqual(sorted(b));
    }),
  );
});

test('what is sent makes up what was missing: (a − b) + b covers a', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const [wanted, present] = [Catalogue.from(a), Catalogue.from(b)];

      const after = plus(present, minus(wanted, present));

      expect(minus(wanted, after).count).toBe(0);
    }),
  );
});

test('a catalogue cut anywhere and joined again is the same', () => {
  fc.assert(
    fc.property(models, fc.array(fc.nat(24)), (model, cuts) => {
      const whole = Catalogue.from(model);
      const at = [0, ...cuts.filter((cut) => cut <= whole.count), whole.count].sort(
        (x, y) => x - y,
      );

      const parts = at.slice(1).map((end, i) => slice(whole, at[i] ?? 0, end));

      expect(concat(parts).equals(whole)).toBe(true);
      expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(whole.bytes);
    }),
  );
});

test('interning returns the known set exactly when the content is equal', () => {
  fc.assert(
    fc.property(models, models, (a, b) => {
      const [fresh, known] = [Catalogue.from(a), Catalogue.from(b)];
      const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

      expect(intern(fresh, known) === known).toBe(isSame);
      expect(intern(fresh, undefined)).toBe(fresh);
    }),
  );
});

test('a set whose sizes became known is not the same set', () => {
  const unknown = Catalogue.from([[idOf(1), undefined]]);
  const known = Catalogue.from([[idOf(1), 5]]);

  expect(intern(known, unknown)).toBe(known);
  expect(minus(known, unknown).count).toBe(0);
});

test('an object of no bytes is not one of unknown size', () => {
  const empty = Catalogue.from([[idOf(1), 0]]);

  expect(empty.sizeOf(idOf(1))).toBe(0);
  expect(minus(empty, Catalogue.from([[idOf(1), 1]])).count).toBe(1);
  expect(EMPTY_CATALOGUE.has(idOf(1))).toBe(false);
});

test('sizes beyond 32 bits are kept', () => {
  const large = 2 ** 41 + 1;

  expect(Catalogue.from([[idOf(1), large]]).sizeOf(idOf(1))).toBe(large);
});

test('withSizesOf keeps the ids and takes the sizes that are known of them', () => {
  fc.assert(
    fc.property(fc.array(objectId), models, (ids, model) => {
      const fresh = Catalogue.from(ids.map((id) => [id, undefined]));

      const sized = withSizesOf(fresh, Catalogue.from(model));

      expect(contents(sized)).toEqual(sorted(new Map(ids.map((id) => [id, model.get(id)]))));
      const unknown = [...new Set(ids)].filter((id) => model.get(id) === undefined);
      expect(sized.idsWithoutSize()).toEqual(unknown.sort());
    }),
  );
});

test('a set with the same ids as another shares its memory', () => {
  fc.assert(
    fc.property(models, (model) => {
      const known = Catalogue.from(model);
      const fresh = Catalogue.from([...model.keys()].map((id) => [id, undefined]));

      expect(withSizesOf(fresh, known)).toBe(known);
    }),
  );
});
