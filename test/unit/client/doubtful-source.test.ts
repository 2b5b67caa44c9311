import { describe, expect, test } from '@jest/globals';
import { checkRepository } from '../../arbitraries/restic-model.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeRig, mark, MINUTE, NEVER, type Rig } from './fixtures.ts';

const HISTORY = Array.from({ length: 20 }, (_, i) => backup(2 * i, 2 * i + 1)); // 40 packs

async function settledRig(options: Parameters<typeof makeRig>[0] = {}): Promise<Rig> {
  const rig = await makeRig({ backends: ['nas', 'usb'], copies: 3, history: HISTORY, ...options });
  await rig.sync();
  expect(rig.unit.report().source.state).toBe('ok');
  return rig;
}

/** Removes some packs of the source; answers how to put them back. */
function losePacks({ source }: Rig, count: number): () => void {
  const { place } = source;
  const packs = place.paths('data').slice(0, count);
  const lost = packs.map((path) => [path, place.content(path) ?? ''] as const);
  for (const path of packs) place.delete(path);
  return () => {
    for (const [path, content] of lost) place.put(path, content);
  };
}

test('half of the packs vanish: damaged, one copy less, and no baseline from it', async () => {
  const rig = await settledRig();
  rig.target('usb').place.delete('.backup-syncd/backend.json');
  for (const path of rig.target('usb').place.paths()) rig.target('usb').place.delete(path);
  await mark(rig.target('usb'), 'usb');
  losePacks(rig, 20);

  await rig.sync();
  await rig.sync();

  const { source, protection, severity, findings } = rig.unit.report();
  expect(source).toMatchObject({ state: 'damaged', snapshots: 20 });
  expect(source.message).toBe(
    '20 of 40 packs (50 %) have vanished from /source, and no index was replaced',
  );
  expect(source.hint).toMatch(/backup-syncd ack ahost --reason TEXT/);
  expect(severity).toBe('critical');
  expect(findings[0]).toMatchObject({ severity: 'critical', message: source.message });
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 20, lagMs: 0 });
  expect(rig.backend('usb')).toMatchObject({ state: 'blocked', reason: 'source_corrupt' });
  expect(rig.backend('usb')).not.toHaveProperty('baselineAt');
  expect(rig.target('usb').place.names('snapshots')).toEqual([]);
  expect(rig.target('usb').place.paths('data')).toHaveLength(20);
  expect(protection).toMatchObject({ copies: 1, unprotected: 20 });
  const [row] = rig.unit.snapshots();
  expect(row).toMatchObject({ copies: 1, places: { source: 'unknown', nas: 'complete' } });
});

test('a new snapshot is sent to a backend that has what vanished, and withheld from one that has not', async () => {
  const rig = await settledRig();
  rig.model.act(backup(90));
  const missing = rig.target('usb');
  missing.before = () => {
    throw new Error('not there');
  };
  await rig.sync();
  missing.before = () => undefined;
  const fresh = rig.source.place
    .paths('data')
    .filter((path) => missing.place.content(path) === undefined);
  expect(fresh).toHaveLength(1);
  rig.source.place.delete(fresh[0] ?? '');
  rig.model.act(backup(91));

  await rig.sync();

  expect(rig.unit.report().source.state).toBe('suspect');
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 22, missing: [] });
  expect(checkRepository(rig.target('nas').place)).toEqual([]);
  expect(rig.backend('usb')).toMatchObject({
    state: 'blocked',
    reason: 'source_corrupt',
    snapshots: 20,
    message: expect.stringMatching(/new snapshots are held back because the source is suspect/),
  });
  expect(missing.place.names('snapshots')).toHaveLength(20);
  expect(checkRepository(missing.place)).toEqual([]);
});

test('few packs: suspect, a warning, until they are back', async () => {
  const rig = await settledRig();
  const putBack = losePacks(rig, 1);

  await rig.sync();

  const { source, severity, protection } = rig.unit.report();
  expect(source.state).toBe('suspect');
  expect(severity).toBe('warning');
  expect(protection.copies).toBe(2);
  expect(rig.said.filter((line) => line.includes('1 of 40 packs'))).toHaveLength(1);
  putBack();
  await rig.sync();
  expect(rig.unit.report()).toMatchObject({ severity: 'ok', source: { state: 'ok' } });
  expect(rig.unit.report().source).not.toHaveProperty('doubtfulSince');
  expect(rig.unit.report().protection.copies).toBe(3);
});

test('it ends when an index is replaced', async () => {
  const rig = await settledRig();
  losePacks(rig, 20);
  await rig.sync();
  expect(rig.unit.report().source.state).toBe('damaged');

  rig.model.act({ verb: 'repair-index' });
  await rig.sync();

  expect(rig.unit.report().source.state).toBe('ok');
});

test.each(['config', 'keys', 'index', 'data'] as const)(
  'all of %s deleted: damaged at the second look, and well again when it is back',
  async (kind) => {
    const rig = await settledRig();
    const { place } = rig.source;
    const lost = place.paths(kind).map((path) => [path, place.content(path) ?? ''] as const);
    for (const [path] of lost) place.delete(path);

    await rig.sync();
    const first = rig.unit.report();
    await rig.sync();

    expect(first.source.state).toMatch(/suspect|damaged/);
    const { source, protection, severity } = rig.unit.report();
    expect(source.state).toBe('damaged');
    expect(source.message).toMatch(/vanished from \/source/);
    expect(severity).toBe('critical');
    expect(protection.copies).toBe(2);
    expect(rig.backend('nas')).toMatchObject({ snapshots: 20 });
    for (const [path, content] of lost) place.put(path, content);
    await rig.sync();
    expect(rig.unit.report().source.state).toBe('ok');
  },
);

test('packs that are encrypted under other names are gone', async () => {
  const rig = await settledRig();
  for (const path of rig.source.place.paths('data')) {
    rig.source.place.put(`${path}.locked`, 'x');
    rig.source.place.delete(path);
  }

  await rig.sync();
  await rig.sync();

  expect(rig.unit.report().source.state).toBe('damaged');
});

test('a source that is not mounted is missing or empty, not damaged', async () => {
  const rig = await settledRig();
  rig.source.place.isMissing = true;
  await rig.sync();
  await rig.sync();

  expect(rig.unit.report().source.state).toBe('missing');
});

test('an idle poll sees it, without a new snapshot', async () => {
  const rig = await settledRig();
  losePacks(rig, 20);
  const stop = new AbortController();

  const running = rig.unit.run(stop.signal);
  while (rig.unit.report().source.state !== 'damaged')
    await new Promise((resolve) => setTimeout(resolve, 2));
  stop.abort();
  await running;
});

test('at a remote it is seen by the daily listing of all kinds', async () => {
  const rig = await settledRig({ pollMs: 1, remoteSource: true });
  const stop = new AbortController();
  const running = rig.unit.run(stop.signal);
  const scans = () => rig.unit.report().source.scans;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  await until(() => rig.unit.report().source.lastListing !== undefined);
  losePacks(rig, 20);

  const seen = scans();
  await until(() => scans() > seen + 3);
  expect(rig.unit.report().source.state).toBe('ok');
  rig.clock.at += 24 * 60 * MINUTE;
  await until(() => rig.unit.report().source.state === 'damaged');
  stop.abort();
  await running;
});

/** The facts as the state file gives them back. */
function remembered({ unit }: Rig) {
  return throughAFile(unit.store.facts);
}

describe('after a restart', () => {
  test('losses while nothing ran are noticed by comparing counts', async () => {
    const rig = await settledRig();
    const facts = remembered(rig);
    losePacks(rig, 20);

    const next = rig.restart(facts);
    await next.sync();

    expect(next.unit.report().source).toMatchObject({ state: 'damaged' });
  });

  test('a suspect source stays suspect, and new snapshots go only to backends that have the packs', async () => {
    const rig = await settledRig();
    losePacks(rig, 1);
    await rig.sync();

    const next = rig.restart(remembered(rig));
    expect(next.unit.report().source.state).toBe('suspect');
    next.model.act(backup(77));
    await next.sync();

    expect(next.unit.report().source.state).toBe('suspect');
    expect(next.backend('nas')).toMatchObject({ state: 'idle', snapshots: 21 });
  });
});

describe('ack', () => {
  test('ends it, and is remembered with who and when and why', async () => {
    const rig = await settledRig();
    losePacks(rig, 20);
    await rig.sync();
    rig.clock.at += MINUTE;

    const said = { by: 'root (0)', reason: 'restic check passes' };
    const { accepted } = await rig.unit.acknowledge(said, NEVER);

    expect(accepted).toMatchObject({ ...said, state: 'damaged', acknowledgedAt: rig.clock.at });
    const { source } = rig.unit.report();
    expect(source.state).toBe('ok');
    expect(source.acknowledged).toEqual(accepted);
    expect(remembered(rig).source.health.acknowledged).toEqual(accepted);
    expect(await rig.unit.acknowledge(said, NEVER)).toEqual({});
    await rig.sync();
    expect(rig.unit.report().source.state).toBe('ok');
  });

  test('accepts what was seen, not what vanishes after that', async () => {
    const rig = await settledRig();
    losePacks(rig, 1);
    await rig.sync();
    losePacks(rig, 20);

    await rig.unit.acknowledge({ by: 'root (0)', reason: 'one pack' }, NEVER);

    expect(rig.unit.report().source.state).toBe('damaged');
  });

  test('by a process of its own, from what is remembered', async () => {
    const rig = await settledRig();
    losePacks(rig, 20);
    await rig.sync();

    const next = rig.restart(remembered(rig));
    await next.unit.acknowledge({ by: 'root (0)', reason: 'known' }, NEVER);

    expect(next.unit.report().source.state).toBe('ok');
  });
});
