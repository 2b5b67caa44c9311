import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { adopt, initialise } from '../../../src/backends/initialise.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { checkRepository } from '../../arbitraries/restic-model.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { MemoryLocation, MemoryPlace } from '../../support/memory-location.ts';
import { waitFor } from '../../support/temp.ts';
import { backup, makeAnew, makeRig, mark, MINUTE, NEVER, START } from './fixtures.ts';

test('unknown until it was checked', async () => {
  const rig = await makeRig();

  expect(rig.backend('nas')).toMatchObject({ state: 'unknown', failures: 0 });
  expect(rig.backend('nas')).not.toHaveProperty('lagMs');
  expect(rig.backend('nas')).not.toHaveProperty('up');
});

test('a first pass ends idle, with a baseline, everything complete and nothing owed', async () => {
  const rig = await makeRig({ history: [backup(1, 2), backup(2, 3)] });

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'complete', replans: 0 });
  expect(report?.published).toHaveLength(2);
  expect(rig.backend('nas')).toMatchObject({
    state: 'idle',
    baselineAt: START,
    lagMs: 0,
    missing: [],
    snapshots: 2,
    up: true,
    counters: { syncs: 1, failures: {} },
    pendingObjects: 0,
    pendingBytes: 0,
  });
  expect(rig.backend('nas')).not.toHaveProperty('progress');
  expect(checkRepository(rig.target('nas').place)).toEqual([]);
});

test('moving is initial_copy before the baseline and syncing after it', async () => {
  const rig = await makeRig();
  const states: string[] = [];
  rig.target('nas').beforeObject = () => void states.push(rig.backend('nas').state);

  await rig.sync();
  expect(new Set(states)).toEqual(new Set(['initial_copy']));
  states.length = 0;
  rig.model.act(backup(7));
  await rig.sync();

  expect(new Set(states)).toEqual(new Set(['syncing']));
});

test('between two looks, what depends on the time or the configuration is right in each report', async () => {
  const rig = await makeRig();
  await rig.sync();
  rig.target('nas').before = () => {
    throw new SyncdError('unreachable', 'no route');
  };
  rig.model.act(backup(7));
  await rig.sync();
  const before = rig.unit.report();

  rig.clock.at += MINUTE;
  rig.unit.setConfigError('no such key');
  const after = rig.unit.report();

  expect(after.reportedAt - before.reportedAt).toBe(MINUTE);
  expect((after.backends[0]?.lagMs ?? 0) - (before.backends[0]?.lagMs ?? 0)).toBe(MINUTE);
  expect((after.protection.lagMs ?? 0) - (before.protection.lagMs ?? 0)).toBe(MINUTE);
  expect([before.configValid, after.configValid]).toEqual([true, false]);
  expect(after.findings.length).toBeGreaterThan(before.findings.length);
});

test('a source without snapshots: nothing is sent, and that is not a failure', async () => {
  const rig = await makeRig({ history: [] });

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'nothing' });
  expect(rig.target('nas').place.paths()).toEqual(['.backup-syncd/backend.json']);
  expect(rig.unit.report().source.state).toBe('ok');
});

test('a failure is retried with backoff, logged once, and recovered from', async () => {
  const rig = await makeRig();
  const target = rig.target('nas');
  target.before = ({ method }) => {
    if (method === 'receive') throw new SyncdError('verify', 'it was not there', 'wait');
  };

  const [first] = await rig.sync();
  rig.clock.at += MINUTE;
  await rig.sync();

  expect(first).toMatchObject({ outcome: 'failed', reason: 'verify', hint: 'wait' });
  expect(rig.backend('nas')).toMatchObject({
    state: 'retrying',
    reason: 'verify',
    failures: 2,
    nextAttemptAt: START + 3 * MINUTE,
    counters: { syncs: 2, failures: { verify: 2 } },
  });
  expect(rig.said.filter((line) => line.startsWith('warn'))).toEqual(['warn it was not there']);
  target.before = () => undefined;
  await rig.sync();
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', failures: 0 });
  expect(rig.backend('nas')).not.toHaveProperty('nextAttemptAt');
  expect(rig.said).toContain('info recovered after 2 failures');
});

test.each(['backend', 'source'] as const)(
  'a %s that can be used again is saved as such, though nothing is to be sent',
  async (which) => {
    const rig = await makeRig();
    await rig.sync();
    const place = which === 'source' ? rig.source : rig.target('nas');
    const isWell = () => {
      const { source, backends } = rig.unit.report();
      return source.state === 'ok' && backends[0]?.state === 'idle';
    };
    const controller = new AbortController();
    const running = rig.unit.run(controller.signal);
    place.before = () => {
      throw new SyncdError('unreachable', 'no route');
    };
    await waitFor(() => !isWell(), { what: 'the place to fail', intervalMs: 1 });
    rig.unit.store.takeDirty();
    place.before = () => undefined;
    rig.clock.at += 31 * MINUTE;
    await waitFor(isWell, { what: 'the place to be back', intervalMs: 1 });

    expect(rig.unit.store.takeDirty()).toBe(true);
    controller.abort();
    await running;
  },
);

test('unreadable locks are logged once, and stop nothing', async () => {
  const rig = await makeRig();
  rig.source.before = ({ method }) => {
    if (method === 'locks') throw new SyncdError('source_unavailable', 'no', 'look');
  };

  const [report] = await rig.sync();
  await rig.sync();

  expect(report).toMatchObject({ outcome: 'complete' });
  expect(rig.unit.report().source).toMatchObject({ state: 'ok', scanFailures: 0 });
  expect(rig.unit.report().source).not.toHaveProperty('locks');
  expect(rig.said.filter((line) => line.includes('locks'))).toEqual([
    'warn the locks of the source cannot be read: no',
  ]);
});

test('a limit of this machine is not blamed on the source', async () => {
  const rig = await makeRig();
  rig.source.before = ({ method }) => {
    if (method === 'list') throw new SyncdError('tool', 'EMFILE', 'raise LimitNOFILE');
  };

  await rig.sync();

  expect(rig.unit.report().source).toMatchObject({
    state: 'unreadable',
    reason: 'tool',
    hint: 'raise LimitNOFILE',
  });
});

describe('blocked', () => {
  test('not_initialised: a disk that is not mounted is not written to', async () => {
    const rig = await makeRig();
    rig.target('nas').place.delete('.backup-syncd/backend.json');

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({
      state: 'blocked',
      reason: 'not_initialised',
      up: false,
    });
    expect(rig.target('nas').writes).toEqual([]);
    expect(rig.said.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  test.each([
    ["another client's place", { client: 'bhost' }, /belongs to client bhost/],
    ['a place that another machine writes to', { writer: 'there' }, /another machine/],
  ])('not_initialised: %s', async (_what, owner, message) => {
    const rig = await makeRig();
    await mark(rig.target('nas'), 'nas', owner);

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'not_initialised' });
    expect(rig.backend('nas').message).toMatch(message);
    expect(rig.target('nas').writes).toEqual([]);
  });

  test('a place that an earlier version marked is claimed by the first machine that sends', async () => {
    const rig = await makeRig();
    await mark(rig.target('nas'), 'nas', { writer: 'as before' });
    const writer = () => {
      const { content } = rig.target('nas').place.files.get('.backup-syncd/backend.json') ?? {};
      return (JSON.parse(String(content)) as { writer: string }).writer;
    };

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 1 });
    expect(writer()).toBe('here');
    await mark(rig.target('nas'), 'nas', { writer: 'its clone' });
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'not_initialised' });
  });

  test('not_initialised: the place of another backend, under another name, is no second copy', async () => {
    const rig = await makeRig({ backends: ['usb', 'nas'], copies: 3 });
    const place = rig.target('usb').place;
    Object.assign(rig.target('nas'), { place });
    rig.target('usb').before = ({ method }) => (method === 'read' ? sleep(5) : undefined); // it is found out at the second

    await rig.sync();
    await rig.sync();

    expect(rig.backend('usb')).toMatchObject({ state: 'idle', snapshots: 1 });
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'not_initialised' });
    expect(rig.backend('nas')).not.toHaveProperty('snapshots');
    expect(rig.unit.report().protection).toMatchObject({ copies: 2, unprotected: 1 });
    const copied = new MemoryPlace();
    for (const [path, { content }] of place.files) copied.put(path, content);
    Object.assign(rig.target('nas'), { place: copied });
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'not_initialised' });
    const owner = { client: 'ahost', backend: 'nas', writer: 'here' };
    const places = { source: rig.source, target: new MemoryLocation(copied) };
    await adopt({ ...places, owner, now: START, signal: NEVER });
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 1 });
    expect(rig.unit.report().protection).toMatchObject({ copies: 3, unprotected: 0 });
  });

  test('diverged: a place with another config gets nothing written, and is reached', async () => {
    const rig = await makeRig();
    rig.target('nas').place.put('config', 'of another repository');

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
    expect(rig.target('nas').writes).toEqual([]);
  });

  test('diverged: what was complete does not count where another repository is now, until it is back', async () => {
    const rig = await makeRig();
    await rig.sync();
    const config = rig.target('nas').place.content('config') ?? '';
    rig.target('nas').place.put('config', 'of another repository');

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
    expect(rig.backend('nas')).not.toHaveProperty('latestSnapshotAt');
    expect(rig.backend('nas')).not.toHaveProperty('lagMs');
    expect(rig.unit.report().protection).toMatchObject({ copies: 1 });
    rig.target('nas').place.put('config', config);
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 1, lagMs: 0 });
    expect(rig.unit.report().protection).toMatchObject({ copies: 2 });
  });

  test('diverged: what is complete stays so while only the config of the source is another one', async () => {
    const rig = await makeRig();
    await rig.sync();
    rig.source.place.put('config', 'after a migration');

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({
      state: 'blocked',
      reason: 'diverged',
      snapshots: 1,
    });
    expect(rig.unit.report().protection).toMatchObject({ copies: 1 }); // nothing is known of the source as it is now
  });

  test('no_space: until there is space again', async () => {
    const rig = await makeRig();
    rig.target('nas').place.freeBytes = 1_001;
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'no_space', up: true });

    rig.target('nas').place.freeBytes = 1_000_000;
    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'idle' });
  });

  test('source_corrupt: names the object, publishes nothing new, and continues when it is repaired', async () => {
    const rig = await makeRig();
    await rig.sync();
    rig.model.act(backup(9));
    const known = rig.target('nas').place.paths();
    const bad = rig.source.place.paths('data').find((path) => !known.includes(path)) ?? '';
    const good = rig.source.place.content(bad) ?? Buffer.alloc(0);
    rig.source.place.put(bad, Buffer.from(good).reverse());

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'source_corrupt' });
    expect(rig.backend('nas')).toMatchObject({ snapshots: 1 });
    expect(rig.unit.report().source.corrupt).toEqual([`data/${bad.slice(-64)}`]);
    rig.source.place.put(bad, good);
    await rig.sync();
    expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 2 });
    expect(rig.unit.report().source.corrupt).toEqual([]);
  });

  test('damaged: a loss that the source cannot repair ends all completeness', async () => {
    const rig = await makeRig({ history: [backup(1), backup(2)] });
    await rig.sync();
    const pack = rig.target('nas').place.paths('data')[0] ?? '';
    rig.target('nas').place.delete(pack);
    rig.source.place.put(pack, Buffer.from('rotten'));

    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'damaged', snapshots: 0 });
    expect(rig.backend('nas').missing).toHaveLength(2);
  });
});

test('a loss is found and repaired in the same pass', async () => {
  const rig = await makeRig({ history: [backup(1), backup(2)] });
  await rig.sync();
  rig.target('nas').place.delete(rig.target('nas').place.paths('data')[0] ?? '');

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'complete', sent: { objects: 1 } });
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 2, lagMs: 0 });
});

test('a snapshot forgotten while it is copied first is dropped, and the baseline reached', async () => {
  const rig = await makeRig({ history: [backup(1), backup(2)] });
  const victim = rig.source.place.paths('snapshots')[0] ?? '';
  rig.target('nas').beforeObject = (path) => {
    if (path.startsWith('index')) rig.source.place.delete(victim);
  };

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'complete' });
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', baselineAt: START, snapshots: 1 });
});

test('a pack that keeps vanishing ends as source_busy, not in a loop', async () => {
  const rig = await makeRig();
  const pack = rig.source.place.paths('data')[0] ?? '';
  const content = rig.source.place.content(pack) ?? '';
  rig.source.before = () => rig.source.place.put(pack, content);
  rig.target('nas').beforeObject = (path) => {
    if (path === pack) rig.source.place.delete(pack);
  };

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'failed', reason: 'source_busy' });
  expect(report?.replans).toBeLessThan(12);
});

test('a source that is never written to (I12)', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'], copies: 3 });

  await rig.sync();

  expect(rig.source.writes).toEqual([]);
  expect(rig.unit.report().protection).toMatchObject({ copies: 3, unprotected: 0, lagMs: 0 });
});

describe('the source', () => {
  test('gone: no lag is reported, nothing is touched, and known facts are kept', async () => {
    const rig = await makeRig();
    await rig.sync();
    const before = rig.target('nas').writes.length;
    rig.source.place.isMissing = true;

    await rig.sync();

    const report = rig.unit.report();
    expect(report.source).toMatchObject({ state: 'missing', snapshots: 1 });
    expect(report.backends[0]).toMatchObject({ state: 'idle', snapshots: 1 });
    expect(report.backends[0]).not.toHaveProperty('lagMs');
    expect(rig.target('nas').writes).toHaveLength(before);
    expect(report.severity).toBe('critical');
    rig.source.place.isMissing = false;
    await rig.sync();
    expect(rig.unit.report().source.state).toBe('ok');
    expect(rig.backend('nas').lagMs).toBe(0);
  });

  test('a config that has changed is a warning while the keys are the same, and stops the backends', async () => {
    const rig = await makeRig();
    await rig.sync();
    rig.source.place.put('config', 'migrated');

    await rig.sync();

    const { source, severity, findings } = rig.unit.report();
    expect({ severity, state: source.state }).toEqual({
      severity: 'warning',
      state: 'config_changed',
    });
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
    expect(findings.map(({ kind }) => kind)).toEqual(['source_config_changed']); // each cause once
    expect(source.hint).toContain('backup-syncd backend accept-config ahost');
    expect(rig.target('nas').place.content('config')?.toString()).toBe('config');
  });

  test.each(['alone', 'beside the old one'])(
    'another config with a new key %s is another repository at the second look: critical, not to be accepted, and nothing is written',
    async (how) => {
      const rig = await makeRig();
      await rig.sync();
      const before = rig.target('nas').writes.length;
      makeAnew(rig.source, { keepsKeys: how !== 'alone' });

      await rig.sync();
      const first = rig.unit.report();
      await rig.sync();

      const { source, severity } = rig.unit.report();
      expect({ severity, state: source.state }).toEqual({
        severity: 'critical',
        state: 'different_repository',
      });
      expect({ severity: first.severity, state: first.source.state }).toEqual({
        severity: 'warning',
        state: 'suspect',
      });
      expect(first.source.message).toMatch(
        /a different repository .* the next check will confirm it/,
      );
      expect(source.hint).toContain('Do not accept it');
      expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
      const { findings } = rig.unit.report(); // none that says how to accept it
      expect(findings.map(({ kind }) => kind)).toEqual(['source_different_repository']);
      expect(rig.target('nas').writes).toHaveLength(before);
    },
  );

  test('nothing is counted complete across two repositories, though they share snapshots', async () => {
    const rig = await makeRig({ backends: ['nas', 'usb'] });
    await rig.sync();
    makeAnew(rig.source, { keepsKeys: false });
    rig.target('usb').place.files.clear(); // a new disk, made a backend of the new repository
    const owner = { client: 'ahost', backend: 'usb', writer: 'here' };
    const target = new MemoryLocation(rig.target('usb').place);
    await initialise({ source: rig.source, target, owner, now: START, signal: NEVER });

    await rig.sync();
    await rig.sync();

    expect(rig.unit.report().source.state).toBe('ok');
    expect(rig.backend('usb')).toMatchObject({ state: 'idle', snapshots: 1 });
    expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
    expect(rig.backend('nas')).not.toHaveProperty('latestSnapshotAt');
    expect(rig.unit.report().protection).toMatchObject({ copies: 2 });
  });

  test('a snapshot that leaves before it was anywhere else is counted as lost', async () => {
    const rig = await makeRig();
    await rig.sync();
    rig.model.act(backup(5));
    rig.target('nas').before = ({ method }) => {
      if (method === 'receive') throw new SyncdError('unreachable', 'gone');
    };
    await rig.sync();
    const [only] = rig.target('nas').place.names('snapshots');
    await sleep(150); // otherwise, it could have been replaced by the other one, as an edit does
    for (const path of rig.source.place.paths('snapshots'))
      if (path !== `snapshots/${only ?? ''}`) rig.source.place.delete(path);

    await rig.sync();

    expect(rig.unit.report().protection.lostUnreplicated).toBe(1);
  });
});

describe('after a restart', () => {
  test('with its state: what was complete still is, and nothing is sent again', async () => {
    const rig = await makeRig();
    await rig.sync();

    const again = rig.restart(rig.unit.store.facts);

    expect(again.backend('nas')).toMatchObject({ snapshots: 1, lagMs: 0 });
    const [report] = await again.sync();
    expect(report).toMatchObject({ outcome: 'nothing', sent: { objects: 0 } });
  });

  test('without it: everything is rebuilt from the places', async () => {
    const rig = await makeRig();
    await rig.sync();
    rig.clock.at += MINUTE;

    const again = rig.restart();

    expect(again.backend('nas')).not.toHaveProperty('lagMs');
    await again.sync();
    expect(again.backend('nas')).toMatchObject({
      state: 'idle',
      baselineAt: START + MINUTE,
      snapshots: 1,
      lagMs: 0,
    });
  });

  test('a pack that was lost since is a loss, not new work', async () => {
    const rig = await makeRig({ history: [backup(1), backup(2)] });
    await rig.sync();
    const pack = rig.target('nas').place.paths('data')[0] ?? '';
    rig.target('nas').place.delete(pack);
    const again = rig.restart(rig.unit.store.facts);
    again.target('nas').place.freeBytes = 1_001;

    await again.sync();

    expect(again.backend('nas')).toMatchObject({ reason: 'no_space', snapshots: 0 });
  });
});

describe('the clock', () => {
  test('jumped forward and back: no time stays in the future', async () => {
    const rig = await makeRig();
    rig.source.place.onChange = () => undefined;
    rig.clock.at = START + 1_000_000 * MINUTE;
    for (const path of rig.source.place.paths('snapshots'))
      rig.source.place.put(path, rig.source.place.content(path) ?? '', START + 900_000 * MINUTE);
    await rig.sync();
    expect(rig.backend('nas').latestSnapshotAt).toBe(START + 900_000 * MINUTE);

    rig.clock.at = START;
    await rig.sync();

    const { source, backends, protection } = rig.unit.report();
    expect(source.latestSnapshotAt).toBe(START);
    expect(backends[0]?.latestSnapshotAt).toBe(START);
    expect(protection.protectedSnapshotAt).toBe(START);
    expect(backends[0]?.lagMs).toBe(0);
  });
});

test('a remote whose next attempt is far away because the clock was set back is retried at once', async () => {
  const rig = await makeRig({ remote: true });
  looksUnchanged(rig.source);
  await rig.sync();
  rig.clock.at += 600 * MINUTE;
  rig.target('nas').before = () => {
    throw new SyncdError('unreachable', 'no answer');
  };
  await rig.sync();
  expect(rig.backend('nas')).toMatchObject({ state: 'retrying', reason: 'unreachable' });
  rig.target('nas').before = () => undefined;
  rig.clock.at = START;

  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  await waitFor(() => rig.backend('nas').state === 'idle', {
    what: 'the next attempt',
    timeoutMs: 2000,
  });
  controller.abort();
  await running;
});

test('a remote is left alone while the source is gone, until its probe is due', async () => {
  const rig = await makeRig({ remote: true });
  const target = rig.target('nas');
  await rig.sync();
  rig.source.place.isMissing = true;
  await rig.sync();
  const asked = target.calls.length;
  const { scans } = rig.unit.report().source;

  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(() => controller.abort());
  const polls = (count: number) =>
    waitFor(() => rig.unit.report().source.scans > scans + count, { what: `${count} polls` });
  await polls(10);
  expect(target.calls).toHaveLength(asked);
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', up: true });
  rig.clock.at += 61 * MINUTE;
  await polls(20);
  expect(target.calls.length).toBeGreaterThan(asked);
  controller.abort();
  await running;
});

test('a pass over an unknown backend is refused, not skipped', async () => {
  const rig = await makeRig();

  await expect(rig.unit.sync(NEVER, ['nas', 'usb'])).rejects.toThrow('no backend usb');
});

test('a config accepted at a slow remote is accepted', async () => {
  const rig = await makeRig({ remote: true });
  await rig.sync();
  rig.source.place.put('config', 'migrated');
  rig.target('nas').place.put('config', 'migrated');
  const path = '.backup-syncd/backend.json';
  const marker = JSON.parse(String(rig.target('nas').place.content(path))) as object;
  const configSha256 = createHash('sha256').update('migrated').digest('hex');
  rig.target('nas').place.put(path, JSON.stringify({ ...marker, configSha256 }));
  rig.target('nas').before = ({ method }) => (method === 'read' ? sleep(2500) : undefined);

  await rig.sync();

  expect(rig.unit.report().source.state).toBe('ok');
});

/** Makes a source return the very same objects while nothing changes, as a directory does. */
function looksUnchanged(source: MemoryLocation): void {
  const list = source.list.bind(source);
  const known = new Map<string, unknown>();
  source.list = async (kind, options) => {
    if (!known.has(kind)) known.set(kind, await list(kind, options));
    return known.get(kind) as Awaited<ReturnType<typeof list<typeof kind>>>;
  };
}
