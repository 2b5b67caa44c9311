import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findChanges } from '../../../../src/work/script/changes.ts';
import { judge } from '../../../../src/backends/script/judge.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { split } from '../../../../src/repository/data-catalogue.ts';
import { countObjects, NO_OBJECTS, type Objects } from '../../../../src/repository/objects.ts';
import type { View } from '../../../../src/repository/view.ts';

const idOf = (n: number) => n.toString(16).padStart(64, '0');
const setOf = (numbers: Iterable<number>, size = 1) =>
  Catalogue.from([...numbers].map((n) => [idOf(n), size]));
const subset = fc.uniqueArray(fc.nat(11));

test('the list is the difference between the source and the last success', () => {
  fc.assert(
    fc.property(subset, fc.option(subset), fc.option(subset), (source, told, there) => {
      const { added, removed } = findChanges(setOf(source), {
        told: told === null ? undefined : setOf(told),
        there: there === null ? undefined : setOf(there),
      });

      const before = told ?? there ?? [];
      const isOwed = (n: number) => !before.includes(n) || there?.includes(n) === false;
      const paths = (numbers: number[]) =>
        numbers.sort((a, b) => a - b).map((n) => `snapshots/${idOf(n)}`);
      expect(added).toEqual(paths(source.filter(isOwed)));
      expect(removed).toEqual(paths(before.filter((n) => !source.includes(n))));
    }),
  );
});

test('failed snapshots are in the list again, together with later ones', () => {
  const told = setOf([1, 2]);
  const after = { told, there: undefined };

  expect(findChanges(setOf([2, 3]), after)).toEqual({
    added: [`snapshots/${idOf(3)}`],
    removed: [`snapshots/${idOf(1)}`],
  });
  expect(findChanges(setOf([2, 3, 4]), after).added).toHaveLength(2);
  expect(findChanges(told, after)).toEqual({ added: [], removed: [] });
});

test('snapshots that a place lost are in the list of new ones again', () => {
  const found = findChanges(setOf([1, 2]), { told: setOf([1, 2]), there: setOf([1]) });

  expect(found).toEqual({ added: [`snapshots/${idOf(2)}`], removed: [] });
});

function objectsOf(kinds: { data: number[]; index: number[]; snapshots: number[] }): Objects {
  return {
    keys: setOf([99]),
    data: split(setOf(kinds.data)),
    index: setOf(kinds.index),
    snapshots: setOf(kinds.snapshots),
  };
}

const some = fc.record({ data: subset, index: subset, snapshots: subset });
const viewOf = (objects: Objects): View => ({
  takenAt: 0,
  configSha256: 'c',
  configBytes: 1,
  objects,
});

test('a place is complete if it holds a whole view; nothing is lost while all of an older whole view is there', () => {
  fc.assert(
    fc.property(some, some, some, (viewed, listed, older) => {
      const [view, there, whole] = [viewed, listed, older].map(objectsOf) as [
        Objects,
        Objects,
        Objects,
      ];
      const holds = (wanted: typeof some extends fc.Arbitrary<infer T> ? T : never) =>
        (['data', 'index'] as const).every((kind) =>
          wanted[kind].every((n) => listed[kind].includes(n)),
        );
      const hasSnapshots = viewed.snapshots.every((n) => listed.snapshots.includes(n));

      const verdict = judge(viewOf(view), { objects: there, configSha256: 'c' }, whole);

      expect(verdict.isComplete).toBe(holds(viewed) && hasSnapshots);
      expect(countObjects(verdict.lost) === 0).toBe(verdict.isComplete || holds(older));
      expect(countObjects(verdict.missing) === 0).toBe(verdict.isComplete);
    }),
  );
});

test('a place with another config, or with none, is not complete', () => {
  const objects = objectsOf({ data: [1], index: [1], snapshots: [1] });

  for (const configSha256 of ['other', undefined]) {
    expect(judge(viewOf(objects), { objects, configSha256 }, undefined).isComplete).toBe(false);
  }
});

test('a file of another size is missing, and is a loss where it was complete', () => {
  const objects = objectsOf({ data: [1], index: [], snapshots: [1] });
  const short = { ...objects, data: split(setOf([1], 0)) };

  const verdict = judge(viewOf(objects), { objects: short, configSha256: 'c' }, objects);

  expect(countObjects(verdict.missing)).toBe(1);
  expect(countObjects(verdict.lost)).toBe(1);
  expect(
    judge(viewOf(objects), { objects: NO_OBJECTS, configSha256: 'c' }, undefined).lost,
  ).toEqual(NO_OBJECTS);
});
