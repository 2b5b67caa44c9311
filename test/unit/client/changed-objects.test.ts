import { beforeEach, describe, expect, test } from '@jest/globals';
import { SyncdError, type Reason } from '../../../src/runtime/errors.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeRig, MINUTE, NEVER, type Rig } from './fixtures.ts';

const ME = { by: 'root (0)', reason: 'restored from nas' };

let rig: Rig;
let pack: string;
let original: Buffer;

beforeEach(async () => {
  rig = await makeRig({ history: [backup(1, 2), backup(3)], backends: ['nas', 'usb'] });
  await rig.sync();
  await rig.sync();
  [pack = ''] = rig.source.place.paths('data');
  original = rig.source.place.content(pack) ?? Buffer.alloc(0);
  expect(rig.unit.report().findings).toEqual([]);
});

function alarmsOf({ unit }: Rig): string[] {
  return (unit.report().source.alarms ?? []).map(({ reason }) => reason);
}

/** Lists as the daily listing does, and sends nothing afterwards. */
async function list({ unit }: Rig): Promise<void> {
  await unit.sync(NEVER, []);
}

describe('an object that was overwritten', () => {
  test('with another size raises an alarm, which says what happened', async () => {
    rig.source.place.put(pack, 'encrypted');
    await list(rig);

    expect(rig.unit.report().source.alarms).toMatchObject([{ reason: 'objects_changed' }]);
    const { findings } = rig.unit.report();
    expect(findings.map(({ kind }) => kind)).toEqual(['source_alarm_objects_changed']);
    expect(findings[0]?.message).toBe(
      `1 file of the source was overwritten: ${pack} has 9 bytes instead of ${original.length}, and does not match its name (alarm raised now)`,
    );
    expect(rig.said.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  test.each(['index', 'snapshots', 'keys'])('is noticed in %s', async (kind) => {
    const [path = ''] = rig.source.place.paths(kind);
    rig.source.place.put(path, '{}');
    await list(rig);

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
  });

  test('is never sent, and new snapshots go to the backends that have it as it was', async () => {
    rig.source.place.put(pack, 'encrypted');
    rig.model.act(backup(9));
    await rig.sync();

    for (const name of ['nas', 'usb']) {
      expect(rig.target(name).place.content(pack)).toEqual(original);
      expect(rig.backend(name)).toMatchObject({ state: 'idle', missing: [] });
    }
    expect(rig.unit.report().source.corrupt).toEqual([]);
  });

  test('keeps new snapshots from a backend that does not have it', async () => {
    rig.target('usb').place.delete(pack);
    rig.source.place.put(pack, 'encrypted');
    rig.model.act(backup(9));
    await rig.sync();

    expect(rig.backend('nas')).toMatchObject({ state: 'idle', missing: [] });
    expect(rig.backend('usb').missing).not.toEqual([]);
    expect(rig.target('usb').place.content(pack)).toBeUndefined();
  });

  test('stays changed across a restart, and its good size is not forgotten', async () => {
    rig.source.place.put(pack, 'encrypted');
    await list(rig);
    const later = rig.restart(throughAFile(rig.unit.store.facts));
    later.unit.recallSource(rig.unit.listings());
    await later.sync();

    expect(alarmsOf(later)).toEqual(['objects_changed']);
    expect(later.target('nas').place.content(pack)).toEqual(original);
    expect(later.unit.report().source.corrupt).toEqual([]);
  });

  test('while no daemon ran is noticed by the next one', async () => {
    const facts = throughAFile(rig.unit.store.facts);
    const listings = rig.unit.listings();
    rig.source.place.put(pack, 'encrypted');

    const later = rig.restart(facts);
    later.unit.recallSource(listings);
    await list(later);

    expect(alarmsOf(later)).toEqual(['objects_changed']);
  });

  test('without any memory is noticed when it is to be sent, because a backend has it', async () => {
    rig.source.place.put(pack, 'encrypted');
    const later = rig.restart(throughAFile(rig.unit.store.facts));
    await later.sync();

    expect(alarmsOf(later)).toEqual(['objects_changed']);
    expect(later.unit.report().source.alarms?.[0]?.message).toBe(
      `1 file of the source was overwritten: ${pack} does not match its name any more`,
    );
    for (const name of ['nas', 'usb'])
      expect(later.target(name).place.content(pack)).toEqual(original);
  });

  test('with the same size is noticed when it is to be sent', async () => {
    rig.source.place.put(pack, Buffer.alloc(original.length, 'x'));
    await list(rig);
    expect(alarmsOf(rig)).toEqual([]);
    rig.target('usb').place.delete(pack);
    await rig.sync();

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
    expect(rig.target('nas').place.content(pack)).toEqual(original);
  });

  test('that was never right is corrupt, and no alarm', async () => {
    rig.model.act(backup(9));
    const fresh = rig.source.place
      .paths('data')
      .find((path) => rig.target('nas').place.content(path) === undefined);
    rig.source.place.put(fresh ?? '', 'cut short');
    await rig.sync();

    expect(alarmsOf(rig)).toEqual([]);
    expect(rig.unit.report().source.corrupt).toHaveLength(1);
  });

  test('raises an alarm also while removals are announced', async () => {
    await rig.unit.acknowledge({ ...ME, forMs: 60 * MINUTE }, NEVER);
    rig.source.place.put(pack, 'encrypted');
    await list(rig);

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
  });

  test('config never raises this alarm', async () => {
    rig.source.place.put('config', 'another one');
    await list(rig);
    await list(rig);

    expect(alarmsOf(rig)).toEqual([]);
  });
});

describe('an object that may still be being written', () => {
  beforeEach(async () => {
    rig.source.place.put(pack, 'half', rig.clock.at);
    await list(rig);
    expect(alarmsOf(rig)).toEqual([]);
  });

  test('is wrong if a second look half a minute later finds it wrong', async () => {
    await list(rig);
    expect(alarmsOf(rig)).toEqual([]);
    rig.clock.at += MINUTE;
    await list(rig);

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
  });

  test('is wrong then even if somebody touches it, or it grows all the time', async () => {
    rig.clock.at += MINUTE;
    rig.source.place.put(pack, 'half of it', rig.clock.at);
    await list(rig);

    expect(alarmsOf(rig)).toEqual(['objects_changed']);
  });

  test('is right when it is complete', async () => {
    rig.clock.at += MINUTE;
    rig.source.place.put(pack, original, rig.clock.at);
    await list(rig);

    expect(alarmsOf(rig)).toEqual([]);
    expect(rig.unit.report().findings).toEqual([]);
  });
});

test('an object that was incomplete twice, and is complete now, is right', async () => {
  rig.model.act(backup(9));
  const fresh = rig.source.place
    .paths('data')
    .find((path) => rig.target('nas').place.content(path) === undefined);
  const whole = rig.source.place.content(fresh ?? '') ?? '';
  rig.source.place.put(fresh ?? '', 'half');
  await list(rig);
  await list(rig);
  rig.source.place.put(fresh ?? '', whole);
  await rig.sync();

  expect(alarmsOf(rig)).toEqual([]);
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', missing: [] });
});

test('a file that changes each time it is read does not count as right', async () => {
  rig.source.place.put(pack, 'encrypted');
  rig.source.before = ({ method }) => {
    if (method === 'verify') rig.source.place.delete(pack);
    else if (method === 'stat') rig.source.place.put(pack, 'encrypted');
  };
  await list(rig);
  expect(alarmsOf(rig)).toEqual([]);
  rig.source.before = () => undefined;
  rig.clock.at += MINUTE;
  await list(rig);

  expect(alarmsOf(rig)).toEqual(['objects_changed']);
});

test('incomplete files that are completed hide no file that is overwritten at the same time', async () => {
  const before = new Set(rig.source.place.paths('data'));
  for (let blob = 20; blob < 26; blob++) rig.model.act(backup(blob));
  const fresh = rig.source.place.paths('data').filter((path) => !before.has(path));
  expect(fresh.length).toBeGreaterThan(4);
  const whole = fresh.map((path) => rig.source.place.content(path) ?? Buffer.alloc(0));
  for (const path of fresh) rig.source.place.put(path, '-');
  await list(rig);
  await list(rig);
  fresh.forEach((path, i) => rig.source.place.put(path, whole[i] ?? ''));
  const largest = Math.max(...whole.map(({ length }) => length));
  rig.source.place.put(pack, Buffer.alloc(largest + original.length + 1));

  await list(rig);
  for (let minute = 0; minute < 4; minute++) {
    rig.clock.at += MINUTE;
    await list(rig);
  }

  expect(rig.unit.report().source.alarms).toMatchObject([
    { reason: 'objects_changed', message: expect.stringContaining(pack) },
  ]);
  const read = rig.source.calls.filter(({ method }) => method === 'verify').length;
  expect(read).toBeLessThan(10);
});

test('what cannot be read is read again at the next check, and makes the source no less readable', async () => {
  rig.source.place.put(pack, 'encrypted');
  rig.source.before = ({ method }) => {
    if (method === 'verify') throw new SyncdError('permission', 'no');
  };
  await list(rig);
  expect(rig.unit.report().source.state).toBe('ok');
  expect(alarmsOf(rig)).toEqual([]);
  rig.source.before = () => undefined;
  rig.clock.at += MINUTE;
  await list(rig);

  expect(alarmsOf(rig)).toEqual(['objects_changed']);
});

test('what has another size and cannot be read for ten minutes counts as overwritten, unless the source does not answer', async () => {
  rig.clock.elapsedMs = () => rig.clock.at;
  let reason: Reason = 'timeout';
  rig.source.place.put(pack, 'encrypted');
  rig.source.before = ({ method }) => {
    if (method === 'verify') throw new SyncdError(reason, 'no');
  };
  const listFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await list(rig);
      rig.clock.at += MINUTE;
    }
  };
  await listFor(20);
  reason = 'source_unavailable';
  await listFor(10);
  expect(alarmsOf(rig)).toEqual([]);
  await listFor(1);

  expect(rig.unit.report().source.alarms).toMatchObject([
    {
      reason: 'objects_changed',
      message: `1 file of the source was overwritten: ${pack} has 9 bytes instead of ${original.length}, and cannot be read`,
    },
  ]);
  await rig.unit.acknowledge(ME, NEVER);
  await listFor(20);
  expect(alarmsOf(rig)).toEqual([]);
});

test('of a million objects that were overwritten, only a few are read', async () => {
  for (const path of rig.source.place.paths('data')) rig.source.place.put(path, 'encrypted');
  for (const path of rig.source.place.paths('index')) rig.source.place.put(path, 'encrypted too');
  rig.source.calls.length = 0;
  await list(rig);
  await list(rig);

  expect(rig.source.calls.filter(({ method }) => method === 'verify').length).toBeLessThanOrEqual(
    2,
  );
  expect(rig.unit.report().source.alarms?.[0]?.message).toMatch(
    /^\d+ files of the source were overwritten, for example: /,
  );
});

describe('acknowledging', () => {
  beforeEach(async () => {
    rig.source.place.put(pack, 'encrypted');
    await list(rig);
  });

  test('after the repair ends the alarm, and everything is well', async () => {
    rig.source.place.put(pack, original);
    await rig.sync();
    expect(alarmsOf(rig)).toEqual(['objects_changed']);

    await rig.unit.acknowledge(ME, NEVER);
    await rig.sync();

    expect(rig.unit.report().findings).toEqual([]);
  });

  test('before the repair ends it as well; the file is then corrupt, and still not sent', async () => {
    await rig.unit.acknowledge(ME, NEVER);
    expect(alarmsOf(rig)).toEqual([]);
    await rig.sync();
    expect(rig.unit.report().source.corrupt).toHaveLength(1);
    expect(rig.target('nas').place.content(pack)).toEqual(original);
    await rig.unit.acknowledge(ME, NEVER);
    rig.clock.at += 60 * MINUTE;
    await rig.sync();
    expect(alarmsOf(rig)).toEqual([]);

    rig.source.place.put(pack, original);
    await rig.sync();
    expect(rig.unit.report().findings).toEqual([]);
  });
});

test('the daily audit is the second look, and notices what was overwritten', async () => {
  const place = await makeRig({ history: [backup(1, 2)], backends: [] });
  const audit = () => place.unit.audit({}, NEVER);
  const [path = ''] = place.source.place.paths('data');
  await place.unit.sync(NEVER);
  await audit();
  place.source.place.put(path, 'encrypted');
  await audit();

  expect(alarmsOf(place)).toEqual(['objects_changed']);
});
