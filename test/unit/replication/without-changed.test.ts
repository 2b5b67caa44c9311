import { expect, test } from '@jest/globals';
import { hasVanished } from '../../../src/replication/plan.ts';
import { withoutChanged } from '../../../src/replication/without-changed.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import type { View } from '../../../src/repository/view.ts';
import { idOf } from '../../arbitraries/ids.ts';

function packs(...entries: readonly (readonly [number, number])[]): Objects {
  return {
    ...NO_OBJECTS,
    data: split(Catalogue.from(entries.map(([n, size]) => [idOf(n), size]))),
  };
}

const view: View = {
  takenAt: 1,
  configSha256: 'ab',
  configBytes: 3,
  objects: packs([1, 10], [2, 999]),
};

test('a view in which nothing was changed stays the same object', () => {
  expect(withoutChanged(view, undefined, NO_OBJECTS)).toBe(view);
});

test('packs that were overwritten are not sent, and only a backend that has them gets new snapshots', () => {
  const changed = withoutChanged(view, undefined, packs([2, 20]));

  expect([...changed.objects.data.entries()]).toEqual([{ id: idOf(1), size: 10 }]);
  expect(hasVanished(changed, packs([1, 10], [2, 20]))).toBe(true);
  expect(hasVanished(changed, packs([1, 10]))).toBe(false);
  expect(hasVanished(changed, packs([1, 10], [2, 999]))).toBe(false);
});

test('packs that have vanished are missing as well', () => {
  const { vanished } = withoutChanged(view, packs([3, 30]).data, packs([2, 20]));

  expect(vanished !== 'unknown' && vanished?.count).toBe(2);
  expect(withoutChanged(view, 'unknown', packs([2, 20])).vanished).toBe('unknown');
});
