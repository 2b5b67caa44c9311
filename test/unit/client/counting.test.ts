import { describe, expect, test } from '@jest/globals';
import { renderSync } from '../../../src/cli/render/sync.ts';
import { isAway } from '../../../src/report/recent-passes.ts';
import { describeCopies, describeOffline } from '../../../src/report/in-words.ts';
import { deriveReport } from '../../../src/report/derive.ts';
import { ClientUnit } from '../../../src/client/unit.ts';
import { reportSettings } from '../../../src/client/report-settings.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { formatDay } from '../../../src/runtime/units.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, DAY, makeRig, MINUTE, NEVER, type Rig } from './fixtures.ts';

const HOUR = 60 * MINUTE;

/** A client in three places, all as they should be. */
async function settledRig(options: Parameters<typeof makeRig>[0] = {}): Promise<Rig> {
  const rig = await makeRig({ backends: ['nas', 'usb'], copies: 3, ...options });
  await rig.sync();
  expect(rig.unit.report().protection).toMatchObject({ copies: 3, lagMs: 0 });
  return rig;
}

/** Takes a disk away; answers how to bring it back. */
function takeAway(rig: Rig, name: string): () => void {
  const target = rig.target(name);
  target.before = () => {
    throw new SyncdError('unreachable', `${name} is not there`);
  };
  return () => {
    target.before = () => undefined;
  };
}

/** The facts as the state file gives them back. */
function remembered({ unit }: Rig) {
  return throughAFile(unit.store.facts);
}

test('a disk that is away counts for a day, then stops, and counts again when it is back', async () => {
  const rig = await settledRig();
  const bringBack = takeAway(rig, 'usb');
  rig.clock.at += DAY - MINUTE;
  await rig.sync();
  const { protection } = rig.unit.report();
  expect(protection).toMatchObject({ copies: 3, unreachableCopies: 0, unprotected: 0, lagMs: 0 });

  rig.clock.at += 3 * MINUTE; // no check is needed: the report follows the time
  const later = rig.unit.report();

  expect(later.protection).toMatchObject({
    copies: 2,
    unreachableCopies: 1,
    unprotected: 1,
    lagMs: 2 * MINUTE,
  });
  expect(describeCopies(later.protection)).toBe('3 copies (3 required), 1 not reachable');
  expect(rig.backend('usb')).toMatchObject({ uncountedSince: rig.clock.at - 2 * MINUTE });
  expect(later.findings[0]).toMatchObject({
    severity: 'critical',
    message: '1 snapshot has had fewer than 3 copies for 2m; not reachable: usb',
  });
  expect(rig.unit.snapshots()).toMatchObject([
    {
      copies: 2,
      unreachableCopies: 1,
      protected: false,
      places: { source: 'complete', nas: 'complete', usb: 'unreachable' },
    },
  ]);
  bringBack();
  await rig.sync();
  expect(rig.unit.report().protection).toMatchObject({
    copies: 3,
    unreachableCopies: 0,
    lagMs: 0,
  });
  expect(rig.backend('usb')).not.toHaveProperty('uncountedSince');
});

test('it is the same after a restart, and for a command that only reads the state', async () => {
  const rig = await settledRig();
  takeAway(rig, 'usb');
  rig.clock.at += DAY + HOUR;
  await rig.sync();
  const before = rig.unit.report().protection;
  expect(before).toMatchObject({ copies: 2, unreachableCopies: 1, lagMs: HOUR });

  const facts = remembered(rig);

  expect(rig.restart(facts).unit.report().protection).toEqual(before);
  const settings = reportSettings(rig.options.config);
  expect(deriveReport(facts, settings, rig.clock.at).protection).toEqual(before);
});

test('a missing source is not a copy from then on, whichever state it is in', async () => {
  const rig = await settledRig();
  const goneAt = rig.clock.at + HOUR;
  rig.clock.at = goneAt;
  rig.source.place.isMissing = true;
  await rig.sync();

  const { protection, source } = rig.unit.report();
  expect(source).toMatchObject({ state: 'missing', uncountedSince: goneAt });
  expect(protection).toMatchObject({ copies: 2, unreachableCopies: 1, lagMs: 0 });
  expect(describeCopies(protection)).toBe('3 copies (3 required), 1 not reachable');

  rig.source.place.isMissing = false;
  rig.source.before = () => {
    throw new SyncdError('permission', 'may not be read');
  };
  rig.clock.at += HOUR;
  await rig.sync();

  const next = rig.restart(remembered(rig));
  expect(next.unit.report().source).toMatchObject({
    state: 'unreadable',
    stateSince: rig.clock.at,
    uncountedSince: goneAt,
  });
  expect(next.unit.report().protection).toMatchObject({ copies: 2, lagMs: HOUR });
  rig.source.before = () => undefined;
  await next.sync();
  expect(next.unit.report().protection).toMatchObject({ copies: 3, lagMs: 0 });
  expect(next.unit.report().source).not.toHaveProperty('uncountedSince');
});

test('a source that is another repository is not a copy, and is not called unreachable', async () => {
  const rig = await settledRig();
  rig.source.place.put('config', 'of another repository');
  for (const path of rig.source.place.paths('keys')) rig.source.place.delete(path);
  rig.source.place.put(`keys/${'e'.repeat(64)}`, '{}');

  await rig.sync();

  const { protection, source } = rig.unit.report();
  expect(source.state).not.toBe('ok');
  expect(protection).toMatchObject({ copies: 2, unreachableCopies: 0 });
});

test('a contact recorded by a wrong clock does not count for longer than a real one', async () => {
  const rig = await settledRig();
  rig.clock.at += 365 * DAY;
  await rig.sync();
  takeAway(rig, 'usb');
  rig.clock.at -= 365 * DAY;
  await rig.sync();
  expect(rig.unit.report().protection).toMatchObject({ copies: 3 });

  rig.clock.at += DAY + 1;
  await rig.sync();

  expect(rig.unit.report().protection).toMatchObject({ copies: 2, unreachableCopies: 1 });
});

describe('a disk that is rotated', () => {
  const rotated = () => settledRig({ copies: 2, offline: { usb: 14 * DAY } });
  const usbFindings = ({ unit }: Rig) =>
    unit.report().findings.filter(({ backend }) => backend === 'usb');

  test('is offline while it is allowed to be: it counts, and there is no finding', async () => {
    const rig = await rotated();
    const lastContact = rig.clock.at;
    takeAway(rig, 'usb');
    for (let day = 1; day <= 13; day++) {
      rig.clock.at += DAY;
      await rig.sync();
    }

    const usb = rig.backend('usb');
    expect(usb).toMatchObject({ up: false, expectedBackAt: lastContact + 14 * DAY });
    expect(describeOffline(usb)).toBe(`offline, expected by ${formatDay(lastContact + 14 * DAY)}`);
    expect(usbFindings(rig)).toEqual([]);
    expect(rig.unit.report().protection).toMatchObject({ copies: 3, unreachableCopies: 0 });
    expect(rig.said.filter((line) => /is not there|offline/.test(line))).toEqual([
      `info ${describeOffline(usb) ?? ''}`,
    ]);
  });

  test('is away for too long after that', async () => {
    const rig = await rotated();
    takeAway(rig, 'usb');
    rig.clock.at += DAY;
    await rig.sync();
    rig.clock.at += 13 * DAY;
    await rig.sync();

    expect(rig.backend('usb')).not.toHaveProperty('expectedBackAt');
    expect(usbFindings(rig)).toMatchObject([
      {
        severity: 'warning',
        message: 'cannot be reached, away for longer than 14d: usb is not there',
      },
    ]);
    expect(rig.unit.report().protection).toMatchObject({ copies: 2, unreachableCopies: 1 });
    expect(rig.said).toContain('warn usb is not there');
  });

  test('is not offline while it is there and something else is wrong', async () => {
    const rig = await rotated();
    rig.model.act(backup(3));
    rig.target('usb').place.freeBytes = 1_001;
    await rig.sync();

    expect(rig.backend('usb')).toMatchObject({ state: 'blocked', reason: 'no_space' });
    expect(rig.backend('usb')).not.toHaveProperty('expectedBackAt');
    expect(usbFindings(rig)).toHaveLength(1);
  });

  test('is not a failure of a sync that does not name it', async () => {
    const rig = await rotated();
    takeAway(rig, 'usb');
    rig.clock.at += DAY;
    const result = { syncs: await rig.sync(), report: rig.unit.report() };

    const offline = describeOffline(rig.backend('usb')) ?? '';
    expect(renderSync(result).at(-1)).toBe(`ahost → usb: ${offline}`);
    expect(renderSync(result, true).at(-1)).toBe(
      'ahost → usb: FAILED (unreachable): usb is not there',
    );
    expect(result.syncs.map((sync) => isAway(result.report, sync))).toEqual([false, true]);
  });

  test('is not offline while it answers and breaks in the middle of a pass', async () => {
    const rig = await rotated();
    rig.model.act(backup(3));
    rig.target('usb').before = ({ method }) => {
      if (method === 'receive') throw new SyncdError('unreachable', 'EIO');
    };
    await rig.sync();

    expect(rig.backend('usb')).toMatchObject({ state: 'retrying', reason: 'unreachable' });
    expect(rig.backend('usb')).not.toHaveProperty('expectedBackAt');
    expect(usbFindings(rig)).toHaveLength(1);
    expect(rig.said).toContain('warn EIO');
  });

  test('is not offline because the program that mounts it is missing', async () => {
    const rig = await rotated();
    const [nas, usb] = rig.options.config.backends;
    if (nas === undefined || usb === undefined) throw new Error('no backends');
    const around = { before: ['/nowhere/mount_usb'] as const, deadlineMs: MINUTE };
    const config = { ...rig.options.config, backends: [nas, { ...usb, around }] };
    rig.clock.at += DAY;
    const unit = new ClientUnit({ ...rig.options, config, facts: rig.unit.store.facts });
    await unit.sync(NEVER);

    const known = unit.report().backends.find(({ backend }) => backend === 'usb');
    expect(known).toMatchObject({ state: 'retrying', reason: 'tool', up: false });
    expect(known).not.toHaveProperty('expectedBackAt');
    expect(unit.report().findings).toContainEqual(expect.objectContaining({ backend: 'usb' }));
  });

  test('is not offline before it was ever seen', async () => {
    const rig = await makeRig({ backends: ['usb'], offline: { usb: 14 * DAY } });
    rig.target('usb').place.delete('.backup-syncd/backend.json');
    await rig.sync();

    expect(rig.backend('usb')).toMatchObject({ state: 'blocked', reason: 'not_initialised' });
    expect(usbFindings(rig)).toHaveLength(1);
  });
});
