import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isEmptyPlan, planSync } from '../../../src/replication/plan.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, objectsMinus, objectsPlus } from '../../../src/repository/objects.ts';
import { limitTo } from '../../../src/replication/sync.ts';
import type { Objects } from '../../../src/repository/objects.ts';
import type { View } from '../../../src/repository/view.ts';
import { idOf, knownOrNot, objectId } from '../../arbitraries/ids.ts';

const catalogues = fc
  .array(fc.tuple(objectId, knownOrNot), { maxLength: 10 })
  .map((entries) => Catalogue.from(entries));
const objects: fc.Arbitrary<Objects> = fc.record({
  keys: catalogues,
  data: catalogues.map(split),
  index: catalogues,
  snapshots: catalogues,
});

function view(held: Objects): View {
  return { takenAt: 0, configSha256: 'c', configBytes: 155, objects: held };
}

const one = (n: number, size?: number) => Catalogue.from([[idOf(n), size]]);
const NOTHING = { configSha256: undefined, objects: NO_OBJECTS };
const FULL: Objects = {
  keys: one(1, 10),
  data: split(one(2, 20)),
  index: one(3, 30),
  snapshots: one(4, 40),
};

test('phases come in the order keys, data, index, snapshots', () => {
  const plan = planSync(view(FULL), NOTHING);

  expect(plan.phases.map(({ kind }) => kind)).toEqual(['keys', 'data', 'index', 'snapshots']);
  expect(plan).toMatchObject({ sendsConfig: true, objects: 5, bytes: 255 });
});

test('a phase with nothing to send is left out', () => {
  const present = { configSha256: 'c', objects: { ...FULL, data: split(Catalogue.from([])) } };

  const plan = planSync(view(FULL), present);

  expect(plan.phases.map(({ kind }) => kind)).toEqual(['data']);
  expect(plan).toMatchObject({ sendsConfig: false, objects: 1, bytes: 20 });
});

test('config is not sent twice, not even one that differs', () => {
  expect(planSync(view(FULL), { configSha256: 'other', objects: FULL }).sendsConfig).toBe(false);
});

test('a source without a snapshot sends nothing, not even its config', () => {
  const empty = { ...FULL, snapshots: Catalogue.from([]) };

  expect(isEmptyPlan(planSync(view(empty), NOTHING))).toBe(true);
});

test.each(['keys', 'index', 'snapshots'] as const)('%s of another size are sent again', (kind) => {
  const present = {
    ...FULL,
    [kind]: Catalogue.from([[[...FULL[kind].entries()][0]?.id ?? '', 1]]),
  };

  const plan = planSync(view(FULL), { configSha256: 'c', objects: present });

  expect(plan.phases.map((phase) => phase.kind)).toEqual([kind]);
});

test('a pack of another size is sent again', () => {
  const present = { ...FULL, data: split(one(2, 19)) };

  const plan = planSync(view(FULL), { configSha256: 'c', objects: present });

  expect(plan.phases.map((phase) => phase.send.idAt(0))).toEqual([idOf(2)]);
});

test('a size that is not known contradicts nothing', () => {
  const unsized = { ...FULL, data: split(one(2)), snapshots: one(4) };

  expect(isEmptyPlan(planSync(view(FULL), { configSha256: 'c', objects: unsized }))).toBe(true);
});

test('carrying out a plan leaves nothing to plan, and a plan never sends what is there', () => {
  fc.assert(
    fc.property(objects, objects, (wanted, present) => {
      fc.pre(wanted.snapshots.count > 0);
      const plan = planSync(view(wanted), { configSha256: 'c', objects: present });

      const after = plan.phases.reduce(
        (held, { kind, send }) => objectsPlus(held, limitTo(kind, send)),
        present,
      );

      expect(isEmptyPlan(planSync(view(wanted), { configSha256: 'c', objects: after }))).toBe(true);
      for (const { kind, send } of plan.phases) {
        const sent = objectsMinus(limitTo(kind, send), present);
        expect(limitTo(kind, send)[kind].count).toBe(sent[kind].count);
      }
    }),
  );
});
