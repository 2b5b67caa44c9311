import { beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../support/memory-location.ts';
import { isAnnouncedAt } from '../../../src/facts/source-guard.ts';
import { waitFor } from '../../support/temp.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, DAY, makeAnew, makeRig, MINUTE, NEVER, START, type Rig } from './fixtures.ts';

const ME = { by: 'root (0)', reason: 'a shorter policy' };

/** A source with one snapshot a day, the oldest 16 days old; answers their paths, the oldest first. */
async function dailyBackups(): Promise<{ readonly rig: Rig; readonly snapshots: string[] }> {
  const rig = await makeRig({ history: [] });
  const snapshots: string[] = [];
  for (let day = 16; day >= 0; day--) {
    const before = new Set(rig.source.place.paths('snapshots'));
    rig.model.act(backup(day));
    const fresh = rig.source.place.paths('snapshots').filter((path) => !before.has(path));
    for (const path of fresh)
      rig.source.place.put(path, rig.source.place.content(path) ?? '', START - day * DAY);
    snapshots.push(...fresh);
  }
  await rig.sync();
  await rig.sync();
  return { rig, snapshots };
}

function alarmsOf({ unit }: Rig): string[] {
  return (unit.report().source.alarms ?? []).map(({ reason }) => reason);
}

let rig: Rig;
let snapshots: string[];

beforeEach(async () => {
  ({ rig, snapshots } = await dailyBackups());
  expect(rig.unit.report().findings).toEqual([]);
});

function remove(paths: readonly string[]): void {
  for (const path of paths) rig.source.place.delete(path);
}

describe('an alarm', () => {
  test('is raised when all but the newest snapshot are removed, and is latched', async () => {
    remove(snapshots.slice(0, -1));
    await rig.sync();

    expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
    const { severity, findings } = rig.unit.report();
    expect(severity).toBe('critical');
    expect(findings[0]).toMatchObject({
      kind: 'source_alarm_snapshots_removed',
      message:
        '16 snapshots left the source: of 6 ages that had a snapshot, 5 have none now (alarm raised now)',
    });
    expect(findings[0]?.hint).toContain('backup-syncd ack ahost --reason TEXT');
    const later = rig.restart(throughAFile(rig.unit.store.facts));
    rig.clock.at += 40 * DAY;
    later.model.act(backup(99));
    await later.sync();
    expect(alarmsOf(later)).toEqual(['snapshots_removed']);
  });

  test('is raised when the newest snapshot is removed', async () => {
    remove(snapshots.slice(-1));
    await rig.sync();

    expect(rig.unit.report().source.alarms).toMatchObject([
      { reason: 'snapshots_removed', message: '1 snapshot left the source, including the newest' },
    ]);
  });

  test('that is on says how it began, and what was found last', async () => {
    remove(snapshots.slice(-1));
    await rig.sync();
    remove(snapshots.slice(0, -2));
    await rig.sync();
    await rig.sync();

    expect(rig.unit.report().source.alarms).toMatchObject([
      {
        since: START,
        message:
          '1 snapshot left the source, including the newest; later: 15 snapshots left the source: of 6 ages that had a snapshot, 5 have none now',
      },
    ]);
  });

  test('is raised when the newest snapshot was removed while no daemon ran', async () => {
    const facts = throughAFile(rig.unit.store.facts);
    remove(snapshots.slice(-1));

    const later = rig.restart(facts);
    await later.sync();

    expect(alarmsOf(later)).toEqual(['snapshots_removed']);
  });

  test('is raised when the newest snapshot is removed after a crash, if two looks have seen it', async () => {
    const one = await makeRig({ backends: [], history: [backup(1)] });
    const { store } = one.unit;
    let saved = throughAFile(store.facts);
    store.markForSaving = () => (saved = throughAFile(store.facts));
    const controller = new AbortController();
    const running = one.unit.run(controller.signal);
    const polls = async (count: number) => {
      const { scans } = one.unit.report().source;
      await waitFor(() => one.unit.report().source.scans > scans + count, { what: 'polls' });
    };
    await polls(3);
    const before = new Set(one.source.place.paths('snapshots'));
    one.clock.at += MINUTE;
    one.model.act(backup(2));
    await waitFor(() => one.unit.report().source.snapshots === 2, { what: 'the new snapshot' });
    await polls(3);
    controller.abort();
    await running;
    for (const path of one.source.place.paths('snapshots'))
      if (!before.has(path)) one.source.place.delete(path);

    const later = one.restart(saved);
    await later.sync();

    expect(alarmsOf(later)).toEqual(['snapshots_removed']);
  });

  test('is raised when all are removed and a fake snapshot is added at the same time', async () => {
    remove(snapshots);
    rig.source.place.put(`snapshots/${'ab'.repeat(32)}`, 'a fake one');
    await rig.sync();

    expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
  });

  test('is raised when another repository is in the place of the source, and stays when the old one is back', async () => {
    const before = new Map(rig.source.place.files);
    makeAnew(rig.source, { keepsKeys: false });
    await rig.sync();
    expect(alarmsOf(rig)).toEqual([]); // the next look confirms it
    await rig.sync();

    expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
    const { findings } = rig.unit.report();
    expect(findings.map(({ kind }) => kind)).toEqual(['source_different_repository']);
    for (const path of rig.source.place.paths()) rig.source.place.delete(path);
    for (const [path, { content }] of before) rig.source.place.put(path, content);
    await rig.sync();
    expect(rig.unit.report().source.state).toBe('ok');
    expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
    await rig.unit.acknowledge(ME, NEVER);
    expect(alarmsOf(rig)).toEqual([]);
  });

  test('is raised when fake snapshots of all ages are planted before the others are removed', async () => {
    rig.clock.at += MINUTE;
    for (let day = 0; day <= 16; day++) {
      const content = `fake ${day}`;
      const path = `snapshots/${sha256(content)}`;
      rig.source.place.put(path, content, rig.clock.at - day * DAY);
    }
    await rig.sync();
    await rig.sync();
    expect(alarmsOf(rig)).toEqual([]);
    const later = rig.restart(throughAFile(rig.unit.store.facts));
    remove(snapshots);
    await later.sync();

    expect(alarmsOf(later)).toEqual(['snapshots_removed']);
  });

  test('is raised when files that no prune removes are gone, and stays when they are back', async () => {
    const { place } = rig.source;
    const lost = place.paths('data').map((path) => [path, place.content(path) ?? ''] as const);
    remove(lost.map(([path]) => path));
    rig.clock.at += MINUTE;
    await rig.sync();
    await rig.sync();
    expect(rig.unit.report().source.state).toBe('damaged');
    for (const [path, content] of lost) place.put(path, content);
    await rig.sync();

    expect(rig.unit.report()).toMatchObject({ severity: 'critical', source: { state: 'ok' } });
    expect(alarmsOf(rig)).toEqual(['objects_removed']);
  });

  test('lets new snapshots be sent, and nothing be retired', async () => {
    remove(snapshots.slice(0, -1));
    await rig.sync();
    rig.model.act(backup(100));
    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'idle', missing: [] });
    const ask = { verb: 'retire' as const, backend: 'nas', keys: false, all: true, objects: [] };
    const retired = rig.unit.moveRetired('nas', { ...ask, isDryRun: false }, NEVER);
    await expect(retired).rejects.toThrow(/^nothing was moved: there is an alarm/);
  });

  test('ends when a person acknowledges it, which is kept', async () => {
    remove(snapshots.slice(0, -1));
    await rig.sync();

    const { accepted } = await rig.unit.acknowledge(ME, NEVER);

    expect(accepted).toMatchObject({ ...ME, state: 'alarm', acknowledgedAt: rig.clock.at });
    expect(rig.unit.report()).toMatchObject({ severity: 'ok', source: { acknowledged: ME } });
    await rig.sync();
    expect(alarmsOf(rig)).toEqual([]);
  });
});

describe('no alarm', () => {
  test('is raised by one snapshot of many that leaves', async () => {
    remove(snapshots.slice(0, 1));
    await rig.sync();

    expect(alarmsOf(rig)).toEqual([]);
  });

  test('of removed snapshots is raised by one that was overwritten: it is still there', async () => {
    const [newest = ''] = snapshots.slice(-1);
    rig.source.place.put(newest, 'of another size');
    await rig.unit.sync(NEVER);

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
  });

  test('is raised while a removal is announced; later ones are judged again', async () => {
    const { announced } = await rig.unit.acknowledge({ ...ME, forMs: 60 * MINUTE }, NEVER);
    expect(announced).toMatchObject({ ...ME, endsAt: rig.clock.at + 60 * MINUTE });
    remove(snapshots.slice(0, -3));
    await rig.sync();
    expect(alarmsOf(rig)).toEqual([]);
    await rig.sync();

    rig.clock.at += 61 * MINUTE;
    remove(snapshots.slice(-1));
    await rig.sync();

    expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
  });
});

test('an announcement from the time of a wrong clock does not last longer than it was meant to', async () => {
  const { announced } = await rig.unit.acknowledge({ ...ME, forMs: 60 * MINUTE }, NEVER);
  rig.clock.at -= 120 * MINUTE;
  expect(isAnnouncedAt(announced, rig.clock.at)).toBe(false);
  await rig.sync();
  remove(snapshots.slice(-1));
  await rig.sync();

  expect(alarmsOf(rig)).toEqual(['snapshots_removed']);
});

describe('keys', () => {
  test('that come or go are shown for a day', async () => {
    rig.model.writeKey(2);
    await rig.sync();

    expect(rig.unit.report().findings).toMatchObject([
      { kind: 'source_keys_changed', severity: 'warning' },
    ]);
    expect(rig.unit.report().findings[0]?.message).toContain('1 added');
    rig.clock.at += DAY;
    expect(rig.unit.report().findings.map(({ kind }) => kind)).not.toContain('source_keys_changed');
  });

  test('that come as a flood are noticed, and do not hide which of the others changed meanwhile', async () => {
    const flood = Array.from({ length: 1_001 }, (_, i) => `keys/${sha256(`fake ${i}`)}`);
    for (const path of flood) rig.source.place.put(path, 'no key');
    await rig.sync();
    expect(rig.unit.report().source.keysChanged).toMatchObject({ added: 1_001, removed: 0 });

    remove(flood);
    rig.model.writeKey(2);
    await rig.sync();

    expect(rig.unit.report().source.keysChanged).toMatchObject({ added: 1, removed: 0 });
  });

  test('that changed while no daemon ran are noticed', async () => {
    const facts = throughAFile(rig.unit.store.facts);
    rig.model.writeKey(2);

    const later = rig.restart(facts);
    await later.sync();

    expect(later.unit.report().source.keysChanged).toMatchObject({ added: 1, removed: 0 });
  });
});
