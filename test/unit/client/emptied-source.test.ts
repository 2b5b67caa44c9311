import { expect, test } from '@jest/globals';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeAnew, makeRig, NEVER, type Rig } from './fixtures.ts';

async function settledRig(): Promise<Rig> {
  const rig = await makeRig({ history: [backup(1, 2), backup(2, 3)] });
  await rig.sync();
  expect(rig.unit.report().source.state).toBe('ok');
  return rig;
}

/** Removes all snapshots of the source; answers how to put them back. */
function empty({ source: { place } }: Rig): () => void {
  const lost = place.paths('snapshots').map((path) => [path, place.content(path) ?? ''] as const);
  for (const [path] of lost) place.delete(path);
  return () => {
    for (const [path, content] of lost) place.put(path, content);
  };
}

/** The facts as the state file gives them back. */
function remembered({ unit }: Rig) {
  return throughAFile(unit.store.facts);
}

const states = (rig: Rig) => {
  const { severity, source } = rig.unit.report();
  return { severity, state: source.state };
};

test('a repository that had snapshots and has none is emptied at the second look, and its replicas keep what they have', async () => {
  const rig = await settledRig();
  const putBack = empty(rig);
  const written = rig.target('nas').writes.length;

  await rig.sync();
  expect(states(rig)).toEqual({ severity: 'warning', state: 'suspect' });
  await rig.sync();

  expect(states(rig)).toEqual({ severity: 'critical', state: 'emptied' });
  const { source, findings } = rig.unit.report();
  expect(source).toMatchObject({ snapshots: 2, reason: 'source_unavailable' });
  expect(findings[0]?.message).toBe('/source no longer has any snapshots: all 2 are gone');
  expect(findings[0]?.hint).toMatch(/backup-syncd ack ahost --reason TEXT/);
  expect(rig.backend('nas')).toMatchObject({ snapshots: 2 });
  expect(rig.target('nas').writes).toHaveLength(written);
  putBack();
  await rig.sync();
  expect(states(rig)).toEqual({ severity: 'critical', state: 'ok' });
  expect(rig.unit.report().findings).toMatchObject([{ kind: 'source_alarm_snapshots_removed' }]);
  await rig.unit.acknowledge({ by: 'me', reason: 'put back' }, NEVER);
  expect(states(rig)).toEqual({ severity: 'ok', state: 'ok' });
});

test('a check that finds the snapshots again starts over', async () => {
  const rig = await settledRig();
  empty(rig)();
  const putBack = empty(rig);
  await rig.sync();
  putBack();
  await rig.sync();
  empty(rig);

  await rig.sync();

  expect(states(rig).state).toBe('suspect');
});

test('a new backup ends the state, not the alarm', async () => {
  const rig = await settledRig();
  empty(rig);
  await rig.sync();
  await rig.sync();
  rig.model.act(backup(7));

  await rig.sync();

  expect(states(rig)).toEqual({ severity: 'critical', state: 'ok' }); // the alarm stays
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 3, missing: [] });
});

test('the first check is saved, and its result is shown before the next one', async () => {
  const rig = await settledRig();
  empty(rig);
  await rig.sync();

  const second = rig.restart(remembered(rig));
  expect(states(second).state).toBe('suspect');
  await second.sync();
  const third = rig.restart(remembered(second));

  expect(states(second).state).toBe('emptied');
  expect(states(third)).toEqual({ severity: 'critical', state: 'emptied' });
});

test('an acknowledgement is kept even if the next check fails', async () => {
  const rig = await settledRig();
  empty(rig);
  await rig.sync();
  await rig.sync();
  rig.source.place.isMissing = true;

  const { accepted } = await rig.unit.acknowledge({ by: 'me', reason: 'a new beginning' }, NEVER);

  expect(accepted).toMatchObject({ state: 'emptied', by: 'me', reason: 'a new beginning' });
  expect(states(rig).state).toBe('missing');
  const later = rig.restart(remembered(rig));
  rig.source.place.isMissing = false;
  await later.sync();
  expect(states(later)).toEqual({ severity: 'ok', state: 'ok' });
  expect(later.unit.report().source).toMatchObject({ snapshots: 0 });
  await later.sync();
  expect(states(later).state).toBe('ok');
});

test('an acknowledgement never accepts a different repository', async () => {
  const rig = await settledRig();
  makeAnew(rig.source, { keepsKeys: false });
  await rig.sync();

  const { accepted } = await rig.unit.acknowledge({ by: 'me', reason: 'so what' }, NEVER);

  expect(accepted).toBeUndefined();
  expect(rig.unit.report().source).not.toHaveProperty('acknowledged');
});

test('a pass that needs a new view does not report corrupt objects', async () => {
  const rig = await settledRig();
  rig.model.act(backup(8));
  rig.target('nas').beforeObject = (path) => {
    if (!path.startsWith('data/')) return;
    empty(rig);
    rig.source.place.delete(path);
  };

  const [report] = await rig.sync();

  expect(states(rig).state).toBe('suspect');
  expect(report).toMatchObject({ outcome: 'failed', reason: 'source_unavailable' });
  expect(rig.backend('nas')).toMatchObject({ state: 'retrying', snapshots: 2 });
});

test('a repository that never had a snapshot is fine', async () => {
  const rig = await makeRig({ history: [] });

  await rig.sync();
  await rig.sync();

  expect(states(rig).state).toBe('ok');
});

test("an empty directory where there were snapshots gets no advice to run 'restic init'", async () => {
  const rig = await settledRig();
  for (const path of rig.source.place.paths()) rig.source.place.delete(path);

  await rig.sync();
  await rig.sync();

  const { source } = rig.unit.report();
  expect(source.state).toBe('empty');
  expect(source.message).toBe('/source is empty; it last held 2 snapshots');
  expect(source.hint).toMatch(/Do not run 'restic init' there/);
});
