import { expect, test } from '@jest/globals';
import {
  auditBackend,
  auditSource,
  wantedSnapshots,
  type BackendAudit,
} from '../../../src/replication/audit.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { objectPath } from '../../../src/repository/names.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { NO_FOREIGN } from '../../../src/repository/strays.ts';
import { idOf } from '../../arbitraries/ids.ts';

const HOUR = 3_600_000;
const BESIDE = { leftovers: 0, foreign: NO_FOREIGN, refused: [] };
const sized = (ids: readonly number[], size: number) =>
  Catalogue.from(ids.map((n) => [idOf(n), size]));
const packs = (ids: readonly number[], size = 5): Objects => ({
  ...NO_OBJECTS,
  data: split(sized(ids, size)),
});
const snapshots = (...ids: number[]) => sized(ids, 5);
const pack = (n: number) => objectPath('data', idOf(n));

/** A backend that has three packs and two snapshots, as the source. */
function whole(changes: Partial<BackendAudit> = {}): BackendAudit {
  const source = { ...packs([1, 2, 3]), snapshots: snapshots(8, 9), keys: sized([7], 5) };
  return {
    source,
    sourceKeys: source.keys,
    listed: source,
    beside: BESIDE,
    lost: NO_OBJECTS,
    lostUnnamed: 0,
    hasLostConfig: false,
    retired: NO_OBJECTS,
    complete: source.snapshots,
    unproven: EMPTY_CATALOGUE,
    times: new SnapshotTimes(),
    window: { to: 100 * HOUR },
    ...changes,
  };
}
const counts = (audit: BackendAudit) =>
  Object.fromEntries(auditBackend(audit).findings.map(({ finding, count }) => [finding, count]));
const ALL = whole().source;

test('a backend that has everything has no findings', () => {
  expect(auditBackend(whole())).toEqual({
    findings: [],
    surplus: { snapshots: 0, objects: 0, bytes: 0 },
  });
});

test.each<[string, Partial<BackendAudit>, object]>([
  [
    'what was there and is gone',
    { listed: { ...ALL, data: packs([1, 2]).data }, lost: packs([3]), complete: EMPTY_CATALOGUE },
    { missing: 1, snapshots_missing: 2 },
  ],
  [
    'what was there and has no name',
    { lostUnnamed: 4, complete: EMPTY_CATALOGUE },
    { missing: 4, snapshots_missing: 2 },
  ],
  ['config', { hasLostConfig: true }, { missing: 1 }],
  ['what was never there', { listed: { ...ALL, data: packs([1, 2]).data } }, { unsent: 1 }],
  [
    'another size, whether it is known as a loss or not',
    {
      listed: { ...ALL, data: split(Catalogue.from([1, 2, 3].map((n) => [idOf(n), n]))) },
      lost: packs([3]),
    },
    { wrong_size: 3 },
  ],
  [
    'another size than at the source, where the object is known to be corrupt',
    {
      listed: { ...ALL, data: split(Catalogue.from([1, 2, 3].map((n) => [idOf(n), n]))) },
      lost: packs([3]),
      corrupt: packs([2, 3]),
    },
    { wrong_size: 2 },
  ],
  [
    'what the source no longer has, without keys',
    { listed: { ...packs([1, 2, 3, 4]), snapshots: snapshots(8, 9, 10), keys: sized([6, 7], 5) } },
    { surplus: 2, stale_keys: 1 },
  ],
  [
    'a loss that the source cannot give again',
    { lost: packs([4]), complete: EMPTY_CATALOGUE },
    { missing: 1, snapshots_missing: 2 },
  ],
  [
    'what a person moved aside is neither missing nor unsent',
    {
      listed: { ...ALL, keys: EMPTY_CATALOGUE },
      retired: { ...NO_OBJECTS, keys: sized([7], 5) },
    },
    { retired: 1 },
  ],
  ['snapshots that nobody vouches for', { unproven: snapshots(8) }, { unproven: 1 }],
  ['a backend that was never complete', { complete: undefined }, { snapshots_missing: 2 }],
])('%s', (_what, changes, expected) => {
  expect(counts(whole(changes))).toEqual(expected);
});

test('a finding names objects by their paths, at most twenty of them, and counts all', () => {
  const many = Array.from({ length: 30 }, (_, n) => n + 100);
  const { findings } = auditBackend(
    whole({ lost: packs(many), listed: ALL, complete: ALL.snapshots }),
  );
  expect(findings).toEqual([
    { finding: 'missing', count: 30, bytes: 150, names: many.slice(0, 20).map(pack) },
  ]);
});

test('what lies beside the objects', () => {
  const foreign = { count: 2, names: ['data/00/x', 'index/y'] };
  const beside = { leftovers: 3, foreign, refused: [pack(1)] };
  expect(auditBackend(whole({ beside })).findings).toEqual([
    { finding: 'not_regular', count: 1, names: [pack(1)] },
    { finding: 'foreign', count: 2, names: foreign.names },
    { finding: 'leftovers', count: 3, names: [] },
  ]);
});

test('surplus is counted by snapshots, objects and bytes', () => {
  const listed = { ...packs([1, 2, 3, 4, 5], 5), snapshots: snapshots(8, 9, 10) };
  expect(auditBackend(whole({ listed })).surplus).toEqual({ snapshots: 1, objects: 3, bytes: 15 });
});

test('a window leaves out stragglers and old snapshots; one without a time is wanted', () => {
  const at = (hours: number) => ({ time: hours * HOUR, arrivedAt: hours * HOUR });
  const times = new SnapshotTimes().with(
    new Map([
      [idOf(1), at(10)],
      [idOf(2), at(50)],
      [idOf(3), at(99)],
    ]),
  );
  const wanted = (window: { from?: number; to: number }) =>
    [...wantedSnapshots(snapshots(1, 2, 3, 4), times, window).entries()].map(({ id }) => id);

  expect(wanted({ to: 100 * HOUR })).toEqual([1, 2, 3, 4].map(idOf));
  expect(wanted({ to: 96 * HOUR })).toEqual([1, 2, 4].map(idOf));
  expect(wanted({ from: 20 * HOUR, to: 96 * HOUR })).toEqual([2, 4].map(idOf));
});

test('at the source: what vanished, what has another size, and what is corrupt', () => {
  const found = auditSource({
    source: packs([1, 2]),
    listed: { ...NO_OBJECTS, data: split(sized([1, 2], 6)) },
    beside: BESIDE,
    vanished: { count: 7, objects: undefined },
    corrupt: [`data/${idOf(4)}`],
  });
  expect(found).toEqual([
    { finding: 'missing', count: 7, names: [] },
    { finding: 'wrong_size', count: 2, bytes: 10, names: [pack(1), pack(2)] },
    { finding: 'corrupt', count: 1, names: [`data/${idOf(4)}`] },
  ]);
});
