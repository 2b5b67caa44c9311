import { expect, test } from '@jest/globals';
import { waitFor } from '../../support/temp.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeRig, MINUTE, NEVER, type Rig } from './fixtures.ts';

const HOUR = 60 * MINUTE;
const forEver = () => new Promise<void>(() => undefined);

function pause(rig: Rig, forMs: number, backend?: string) {
  const request = { by: 'anna (1000)', reason: 'new disks', endsAt: rig.clock.at + forMs };
  return rig.unit.pauses.pause({ ...request, backend });
}

const resume = (rig: Rig, backend?: string) =>
  rig.unit.pauses.resume({ by: 'ben (1001)', backend });

/** Makes a backup, whose files have the time of the rig's clock. */
function backUpNow({ model, source: { place }, clock }: Rig): void {
  const before = new Set(place.paths('snapshots'));
  model.act(backup(3));
  for (const path of place.paths('snapshots'))
    if (!before.has(path)) place.put(path, place.content(path) ?? '', clock.at);
}

async function running(rig: Rig, action: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const run = rig.unit.run(stop.signal);
  try {
    await action();
  } finally {
    stop.abort();
    await run;
  }
}

const seenAtSource = (rig: Rig, count: number) =>
  waitFor(() => rig.unit.report().source.snapshots === count, { what: 'the source to be seen' });
const hasAll = (rig: Rig, name: string, count: number) =>
  waitFor(() => rig.backend(name).snapshots === count, { what: `${count} snapshots at ${name}` });

test('while a backend is paused nothing touches it, the others go on, and it continues by itself', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'] });
  await running(rig, async () => {
    await hasAll(rig, 'nas', 1);
    expect(await pause(rig, HOUR, 'nas')).toMatchObject({ isChanged: true });
    const touched: unknown[] = [];
    rig.target('nas').before = (what) => void touched.push(what);

    rig.model.act(backup(3));
    await hasAll(rig, 'usb', 2);
    expect(rig.backend('nas')).toMatchObject({ state: 'paused', snapshots: 1 });
    expect(rig.unit.report().findings).toEqual([]);
    rig.unit.nudge();
    const [report] = await rig.unit.sync(NEVER, ['nas']);
    expect(report).toMatchObject({
      outcome: 'paused',
      hint: expect.stringContaining('backup-syncd resume ahost nas'),
    });
    expect(touched).toEqual([]);

    rig.clock.at += HOUR;
    await hasAll(rig, 'nas', 2);
    expect(rig.backend('nas')).not.toHaveProperty('pause');
  });
});

test('while a client is paused its source is watched, and nothing else is done until it is resumed', async () => {
  const rig = await makeRig();
  await rig.sync();
  await pause(rig, HOUR);
  await running(rig, async () => {
    rig.model.act(backup(3));
    await seenAtSource(rig, 2);
    for (const path of rig.source.place.names('snapshots').slice(0, 2))
      rig.source.place.delete(`snapshots/${path}`);
    await waitFor(() => rig.unit.report().source.state === 'emptied', { what: 'the alarm' });
    const { findings, pause: shown } = rig.unit.report();
    expect(findings.map(({ kind }) => kind)).toContain('source_emptied');
    expect(shown).toMatchObject({ by: 'anna (1000)', reason: 'new disks' });
    expect(rig.backend('nas')).toMatchObject({ state: 'paused', snapshots: 1 });
  });
});

test('while a client is paused its source is audited: nothing else finds what was overwritten in place', async () => {
  const rig = await makeRig();
  await rig.sync();
  await rig.unit.audit({}, NEVER);
  await pause(rig, 7 * 24 * HOUR);
  rig.clock.at += 24 * HOUR + MINUTE;
  const lastAudit = () => rig.unit.store.source.audit.lastAudit;
  await running(rig, async () => {
    await waitFor(() => lastAudit()?.at === rig.clock.at, { what: 'the audit of the source' });
  });

  const [path = ''] = rig.source.place.paths('data');
  rig.source.place.put(path, 'encrypted');
  expect(await rig.unit.audit({}, NEVER)).toMatchObject([
    { place: 'source', result: {} },
    { place: 'nas', trouble: { message: expect.stringMatching(/^paused until/) } },
  ]);
  expect(rig.unit.report().source.alarms).toMatchObject([{ reason: 'objects_changed' }]);
});

test('a pass that is running is stopped, and what it has sent is kept', async () => {
  const rig = await makeRig();
  rig.target('nas').beforeObject = (path) => (path.startsWith('index') ? forEver() : undefined);
  await running(rig, async () => {
    const packs = () => rig.target('nas').place.paths('data').length;
    await waitFor(() => packs() > 0, { what: 'some packs' });

    expect(await pause(rig, HOUR)).not.toHaveProperty('isStopping');
    rig.target('nas').beforeObject = () => undefined;
    expect(rig.backend('nas')).toMatchObject({ state: 'paused' });
    expect(rig.target('nas').place.names('snapshots')).toEqual([]);

    expect(resume(rig)).toMatchObject({ isChanged: true, before: { reason: 'new disks' } });
    await hasAll(rig, 'nas', 1);
  });
});

test('an audit that a pause interrupts gives no result, and says why', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'] });
  await rig.sync();
  await rig.unit.audit({}, NEVER);
  rig.target('nas').before = forEver;
  const calls = () => rig.target('nas').calls.length;
  const before = calls();
  const audit = rig.unit.audit({}, NEVER);
  await waitFor(() => calls() > before, { what: 'the audit of nas' });
  await pause(rig, HOUR, 'nas');

  const [source, nas, usb] = await audit;
  expect(nas).toEqual({
    place: 'nas',
    trouble: {
      message: expect.stringMatching(/^interrupted: paused until .* by anna/),
      hint: 'to end the pause, run: backup-syncd resume ahost nas',
    },
  });
  expect([source, usb]).toMatchObject([{ result: { findings: [] } }, { result: { findings: [] } }]);
});

test('the pause of a backend does not stop what works elsewhere', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'] });
  await rig.sync();
  const { calls } = rig.source;
  const auditSource = () => rig.unit.audit({ backends: ['source'] }, NEVER);
  await auditSource();
  const before = calls.length;
  await auditSource();
  const last = calls.length + (calls.length - before) - 1;
  let goOn: () => void = () => undefined;
  rig.source.before = async ({ number }) => {
    if (number === last) await new Promise<void>((resolve) => (goOn = resolve));
  };
  rig.clock.at += MINUTE;
  const audit = auditSource();
  await waitFor(() => calls.length > last, { what: 'the end of the audit of the source' });

  expect(await pause(rig, HOUR, 'nas')).not.toHaveProperty('isStopping');
  goOn();
  expect(await audit).toMatchObject([{ place: 'source', result: { at: rig.clock.at } }]);
});

test('the pause of a backend stops what another one gets from it', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'] });
  await rig.sync();
  const [pack = ''] = rig.source.place.paths('data/');
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);
  let isAtIt = false;
  rig.target('nas').beforeObject = (path) => {
    isAtIt = path === pack;
    return isAtIt ? forEver() : undefined;
  };
  const audit = rig.unit.audit({ backends: ['nas'] }, NEVER);
  await waitFor(() => isAtIt, { what: 'the repair of nas' });
  await pause(rig, HOUR, 'usb');

  expect(await audit).toMatchObject([
    { place: 'nas', repairTrouble: { message: 'it was interrupted' } },
  ]);
  expect(rig.target('nas').place.content(pack)).toBeUndefined();
});

test.each<Parameters<Rig['unit']['moveRetired']>[1]>([
  { verb: 'retire', backend: 'nas', objects: [], all: true, keys: false, isDryRun: false },
  { verb: 'restore-retired', backend: 'nas', isDryRun: false },
])('$verb moves nothing at a paused backend', async (ask) => {
  const rig = await makeRig();
  await rig.sync();
  await pause(rig, HOUR, 'nas');
  const { calls } = rig.target('nas');
  const before = calls.length;

  await expect(rig.unit.moveRetired('nas', ask, NEVER)).rejects.toMatchObject({
    message: expect.stringMatching(/^nothing was moved: paused until .* by anna/),
    hint: 'to end the pause, run: backup-syncd resume ahost nas',
  });
  expect(calls).toHaveLength(before);
});

test('the lag after a pause counts from its end, and not that of protection', async () => {
  const rig = await makeRig({ copies: 2 });
  await rig.sync();
  await pause(rig, 10 * HOUR, 'nas');
  rig.clock.at += HOUR;
  backUpNow(rig);
  await rig.sync();
  rig.clock.at += 9 * HOUR;
  rig.target('nas').place.isMissing = true;

  rig.clock.at += 5 * MINUTE;
  const { protection } = rig.unit.report();
  expect(rig.backend('nas')).toMatchObject({
    lagMs: 5 * MINUTE,
    missing: [{ owedSince: rig.clock.at - 5 * MINUTE }],
  });
  expect(protection.lagMs).toBeGreaterThan(9 * HOUR);
});

test('a pause does not forgive the lag from before it, but its own time does not count', async () => {
  const rig = await makeRig({ copies: 1 });
  await rig.sync();
  rig.target('nas').place.isMissing = true;
  backUpNow(rig);
  await rig.sync();
  rig.clock.at += 3 * HOUR;
  const lag = () => rig.backend('nas').lagMs;
  expect(lag()).toBe(3 * HOUR);

  await pause(rig, 2 * HOUR, 'nas');
  rig.clock.at += 2 * HOUR;
  expect(lag()).toBe(3 * HOUR);
  rig.clock.at += MINUTE;
  expect(rig.backend('nas')).toMatchObject({
    lagMs: 3 * HOUR + MINUTE,
    missing: [{ owedSince: rig.clock.at - 3 * HOUR - MINUTE }],
  });
});

test('the same pause again changes nothing, and another one replaces it and keeps its beginning', async () => {
  const rig = await makeRig();
  const began = rig.clock.at;
  await pause(rig, HOUR, 'nas');
  expect(await pause(rig, HOUR, 'nas')).toMatchObject({ isChanged: false });
  rig.clock.at += MINUTE;
  expect(await pause(rig, 2 * HOUR, 'nas')).toMatchObject({
    isChanged: true,
    before: { endsAt: began + HOUR },
    pause: { since: began, endsAt: rig.clock.at + 2 * HOUR },
  });
  await expect(pause(rig, HOUR, 'nowhere')).rejects.toThrow('nowhere');
  expect(() => resume(rig, 'nowhere')).toThrow('nowhere');
});

test('a pause survives a restart, and ends while nothing runs', async () => {
  const rig = await makeRig();
  await pause(rig, HOUR);
  const later = rig.restart(throughAFile(rig.unit.store.facts));
  expect(later.unit.report()).toMatchObject({ pause: { endsAt: rig.clock.at + HOUR } });
  rig.clock.at += HOUR;
  expect(later.unit.report()).not.toHaveProperty('pause');
});

test('a pause excuses what was due meanwhile for one more interval, as an absence does', async () => {
  const DAY = 24 * HOUR;
  const rig = await makeRig();
  await rig.sync();
  const auditDueAt = () => rig.backend('nas').activities?.[0]?.dueAt;
  expect(auditDueAt()).toBe(rig.clock.at + 2 * DAY);
  await pause(rig, 3 * DAY, 'nas');
  rig.clock.at += 3 * DAY + HOUR;

  expect(auditDueAt()).toBe(rig.clock.at - HOUR + DAY);
  expect(rig.unit.report().findings.map(({ kind }) => kind)).not.toContain('backend_proof_overdue');
});

test('who did what is remembered, the newest first, and the oldest is forgotten', async () => {
  const rig = await makeRig();
  const remembered = () => rig.unit.store.facts.interventions.interventions ?? [];
  await pause(rig, HOUR, 'nas');
  await pause(rig, HOUR, 'nas'); // changes nothing
  rig.clock.at += MINUTE;
  resume(rig, 'nas');
  resume(rig, 'nas'); // likewise
  await rig.unit.acknowledge({ by: 'anna (1000)', reason: 'a drill', forMs: HOUR }, NEVER);

  const { at } = rig.clock;
  expect(remembered()).toEqual([
    { at, what: 'announced', by: 'anna (1000)', reason: 'a drill', endsAt: at + HOUR },
    { at, what: 'resumed', by: 'ben (1001)', backend: 'nas' },
    {
      at: at - MINUTE,
      what: 'paused',
      by: 'anna (1000)',
      reason: 'new disks',
      backend: 'nas',
      endsAt: at - MINUTE + HOUR,
    },
  ]);

  for (let i = 0; i < 100; i++) await pause(rig, HOUR + i);
  expect(remembered()).toHaveLength(50);
  expect(remembered()[0]).toMatchObject({ what: 'paused', endsAt: at + HOUR + 99 });
});
