import { describe, expect, test } from '@jest/globals';
import type { ClientFacts } from '../../../src/facts/facts.ts';
import { checkRepository } from '../../arbitraries/restic-model.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeRig, type Rig } from './fixtures.ts';

/** The memory that an earlier process left: the names, only the state file, or nothing. */
const memories = {
  'names and state': (facts: ClientFacts) => facts,
  'the state file alone': throughAFile,
} as const;

/** A client that was in sync, with two snapshots, and then stopped. */
async function stopped(): Promise<Rig> {
  const rig = await makeRig({ history: [backup(1, 2), backup(3, 4)] });
  await rig.sync();
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 2 });
  return rig;
}

/** The source forgets its first snapshot and prunes; the replica alone still has all of it. */
function prune(rig: Rig): void {
  rig.model.act({ verb: 'forget', which: 0 });
  rig.model.act({ verb: 'prune' });
}

const packsAt = (rig: Rig) => rig.target('nas').place.paths('data/');

describe.each(Object.entries(memories))('remembered: %s', (_what, recall) => {
  test('all packs are lost and the source was copied with new times: nothing is complete before they are back', async () => {
    const rig = await stopped();
    for (const path of packsAt(rig)) rig.target('nas').place.delete(path);
    for (const path of rig.source.place.paths())
      rig.source.place.put(path, rig.source.place.content(path) ?? '', rig.clock.at + 1_000);
    const later = rig.restart(recall(rig.unit.store.facts));
    const seen: (number | undefined)[] = [];
    later.target('nas').beforeObject = () => void seen.push(later.backend('nas').snapshots);

    await later.sync();

    expect(new Set(seen)).toEqual(new Set([0]));
    expect(later.backend('nas')).toMatchObject({ state: 'idle', snapshots: 2 });
    expect(checkRepository(later.target('nas').place)).toEqual([]);
  });

  test('a pack that only the backend had is lost: it is damaged, by name or by count', async () => {
    const rig = await stopped();
    prune(rig);
    await rig.sync();
    const surplus = packsAt(rig).filter((path) => rig.source.place.content(path) === undefined);
    expect(surplus.length).toBeGreaterThan(0);
    rig.target('nas').place.delete(surplus[0] ?? '');
    const later = rig.restart(recall(rig.unit.store.facts));

    await later.sync();

    expect(later.backend('nas')).toMatchObject({
      state: 'blocked',
      reason: 'damaged',
      snapshots: 0,
    });
    const again = later.restart(recall(later.unit.store.facts));
    await again.sync();
    expect(again.backend('nas')).toMatchObject({ state: 'blocked', reason: 'damaged' });
  });

  test('it was put back: everything is as before', async () => {
    const rig = await stopped();
    prune(rig);
    await rig.sync();
    const before = rig.backend('nas').snapshots;
    const [lost = ''] = packsAt(rig).filter((path) => rig.source.place.content(path) === undefined);
    const content = rig.target('nas').place.content(lost) ?? '';
    rig.target('nas').place.delete(lost);
    const later = rig.restart(recall(rig.unit.store.facts));
    await later.sync();
    later.model.act(backup(9));
    await later.sync();
    later.target('nas').place.put(lost, content);

    await later.sync();

    expect(later.backend('nas')).toMatchObject({ state: 'idle', snapshots: (before ?? 0) + 1 });
  });

  test('a pack that was cut short is sent again, once', async () => {
    const rig = await stopped();
    const [pack = ''] = packsAt(rig);
    const whole = rig.target('nas').place.content(pack) ?? Buffer.of();
    rig.target('nas').place.put(pack, whole.subarray(1));
    const later = rig.restart(recall(rig.unit.store.facts));

    const [first] = await later.sync();
    const [second] = await later.sync();

    expect([first?.sent.objects, second?.sent.objects]).toEqual([1, 0]);
    expect(later.target('nas').place.content(pack)).toEqual(whole);
  });

  test('a new snapshot alone is no loss', async () => {
    const rig = await stopped();
    rig.model.act(backup(5, 6));
    const later = rig.restart(recall(rig.unit.store.facts));

    await later.sync();

    expect(later.said.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(later.backend('nas')).toMatchObject({ state: 'idle', snapshots: 3 });
  });

  test('a pass that was killed has added objects: that is no loss', async () => {
    const rig = await stopped();
    const facts = recall(rig.unit.store.facts);
    rig.model.act(backup(5, 6));
    for (const path of rig.source.place.paths('data/'))
      rig.target('nas').place.put(path, rig.source.place.content(path) ?? '');
    const later = rig.restart(facts);

    await later.sync();

    expect(later.said.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(later.backend('nas')).toMatchObject({ state: 'idle', snapshots: 3 });
  });

  test('an old state file does not invent losses', async () => {
    const rig = await stopped();
    const old = recall(rig.unit.store.facts);
    rig.model.act(backup(5, 6));
    await rig.sync();
    prune(rig);
    await rig.sync();
    const later = rig.restart(old);

    await later.sync();

    expect(later.said.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(later.backend('nas')).toMatchObject({ state: 'idle', missing: [] });
  });
});

test('the state was deleted: what the source has is proven again, the rest is unknown', async () => {
  const rig = await stopped();
  prune(rig);
  await rig.sync();
  const [baseline] = [rig.backend('nas').baselineAt ?? 0];
  const source = rig.source.place.names('snapshots').length;
  rig.clock.at += 60_000;
  const later = rig.restart();

  await later.sync();

  expect(later.backend('nas')).toMatchObject({ state: 'idle', snapshots: source, missing: [] });
  expect(later.backend('nas').baselineAt).toBeGreaterThan(baseline);
});

test('an object that was truncated while the daemon runs is found by a requested sync', async () => {
  const rig = await stopped();
  const [pack = ''] = packsAt(rig);
  const whole = rig.target('nas').place.content(pack) ?? Buffer.of();
  rig.target('nas').place.put(pack, whole.subarray(1));

  const [report] = await rig.sync();

  expect(report?.sent.objects).toBe(1);
  expect(rig.target('nas').place.content(pack)).toEqual(whole);
});

test('a snapshot that only the backend had, and that somebody removed there, is not complete, also after a restart', async () => {
  const rig = await stopped();
  const snapshots = new Set(rig.source.place.paths('snapshots'));
  prune(rig);
  await rig.sync();
  for (const path of rig.source.place.paths('snapshots')) snapshots.delete(path);
  expect(rig.backend('nas')).toMatchObject({ snapshots: 2 });
  for (const path of snapshots) rig.target('nas').place.delete(path);
  await rig.sync();
  expect(rig.backend('nas')).toMatchObject({ snapshots: 1 });

  const later = rig.restart(throughAFile(rig.unit.store.facts));

  expect(later.backend('nas')).toMatchObject({ snapshots: 1 });
});
