import { expect, test } from '@jest/globals';
import { adopt } from '../../../src/backends/initialise.ts';
import { MemoryLocation } from '../../support/memory-location.ts';
import { MemoryPlace } from '../../support/memory-location.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, DAY, makeRig, mark, NEVER, type Rig } from './fixtures.ts';

const KEEPS = 14 * DAY;

interface Disks {
  readonly rig: Rig;
  readonly first: MemoryPlace;
  readonly second: MemoryPlace;
}

/** Two disks take turns as usb: the first one was filled, and the second one is in its place now. */
async function alternate(options: Parameters<typeof makeRig>[0] = {}): Promise<Disks> {
  const rig = await makeRig({
    backends: ['nas', 'usb'],
    copies: 3,
    offline: { usb: KEEPS },
    ...options,
  });
  await rig.sync();
  const first = rig.target('usb').place;
  const second = new MemoryPlace();
  await mark(new MemoryLocation(second), 'usb');
  mount(rig, second);
  rig.clock.at += DAY;
  await rig.sync();
  return { rig, first, second };
}

function mount(rig: Rig, place: MemoryPlace): void {
  Object.assign(rig.target('usb'), { place });
}

/** The facts as the state file gives them back. */
function remembered({ unit }: Rig) {
  return throughAFile(unit.store.facts);
}

test('the disk that is there counts, and the other one until its time is over', async () => {
  const { rig } = await alternate();
  const leftAt = rig.clock.at - DAY;

  const usb = rig.backend('usb');
  expect(usb).toMatchObject({ state: 'idle', snapshots: 1, lagMs: 0 });
  expect(usb.away).toEqual([
    {
      lastContact: leftAt,
      expectedBackAt: leftAt + KEEPS,
      snapshots: 1,
      latestSnapshotAt: usb.latestSnapshotAt,
    },
  ]);
  expect(rig.unit.report().protection).toMatchObject({ copies: 4, unreachableCopies: 0 });
  expect(rig.unit.snapshots()[0]).toMatchObject({
    copies: 4,
    protected: true,
    places: { source: 'complete', nas: 'complete', usb: 'complete', 'usb (away)': 'complete' },
  });

  rig.clock.at = leftAt + KEEPS;
  await rig.sync();

  expect(rig.backend('usb')).not.toHaveProperty('away');
  expect(rig.unit.report().protection).toMatchObject({ copies: 3, unreachableCopies: 0 });
});

test('its return is no loss: only what arrived in the meantime is owed, since it arrived', async () => {
  const { rig, first } = await alternate();
  rig.model.act(backup(7));
  await rig.sync();
  expect(rig.unit.report().protection).toMatchObject({ copies: 3, unprotected: 0 });
  const away = [...(rig.unit.store.facts.backends.get('usb')?.disks.values() ?? [])];
  expect(away).toHaveLength(1);
  expect(away[0]?.contents.missing?.size).toBe(1);
  const before = rig.said.length;

  mount(rig, first);
  rig.clock.at += 6 * DAY;
  await rig.sync();

  expect(rig.backend('usb')).toMatchObject({ state: 'idle', snapshots: 2, lagMs: 0 });
  expect(rig.said.slice(before).filter((line) => line.startsWith('warn'))).toEqual([]);
  expect(rig.said.slice(before)).toContainEqual(expect.stringMatching(/^info complete: sent/));
  expect(rig.unit.report().protection).toMatchObject({ copies: 4, unprotected: 0, lagMs: 0 });
});

test('what a disk lost while it was away is a loss, by name', async () => {
  const { rig, first } = await alternate();
  const [pack = ''] = first.paths('data');
  first.delete(pack);

  mount(rig, first);
  await rig.sync();

  expect(first.content(pack)).toBeDefined();
  expect(rig.said).toContain(
    'warn 1 object that had been sent is missing or changed; it is sent again',
  );
});

test('both are remembered over a restart', async () => {
  const { rig, first } = await alternate();
  const before = rig.unit.report().protection;

  const next = rig.restart(remembered(rig));

  expect(next.unit.report().protection).toEqual(before);
  expect(next.backend('usb').away).toHaveLength(1);
  mount(next, first);
  await next.sync();
  expect(next.backend('usb')).toMatchObject({ state: 'idle', snapshots: 1, lagMs: 0 });
  expect(next.unit.report().protection).toMatchObject({ copies: 4 });
  expect(next.said.filter((line) => line.startsWith('warn'))).toEqual([]);
});

test('while both disks are away, the backend is offline, and both count', async () => {
  const { rig } = await alternate();
  mount(rig, new MemoryPlace());
  rig.clock.at += DAY;
  await rig.sync();

  expect(rig.backend('usb')).toMatchObject({
    reason: 'not_initialised',
    expectedBackAt: rig.clock.at - DAY + KEEPS,
  });
  expect(rig.unit.report().protection).toMatchObject({ copies: 4, unreachableCopies: 0 });
});

test('a disk that was adopted again is one disk, not two', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'], copies: 3, offline: { usb: KEEPS } });
  await rig.sync();
  const target = new MemoryLocation(rig.target('usb').place);
  const owner = { client: 'ahost', backend: 'usb', writer: 'here' };
  await adopt({ source: rig.source, target, owner, now: rig.clock.at, signal: NEVER });
  await rig.sync();

  expect(rig.backend('usb')).toMatchObject({ state: 'idle', snapshots: 1 });
  expect(rig.backend('usb')).not.toHaveProperty('away');
  expect(rig.unit.report().protection).toMatchObject({ copies: 3 });
});

test('where a backend should always be there, another disk has replaced the first one', async () => {
  const { rig, first } = await alternate({ offline: {} });

  expect(rig.backend('usb')).not.toHaveProperty('away');
  expect(rig.unit.report().protection).toMatchObject({ copies: 3 });
  mount(rig, first);
  await rig.sync();
  expect(rig.said.filter((line) => line.startsWith('warn'))).toEqual([]);
  expect(rig.backend('usb')).toMatchObject({ state: 'idle', snapshots: 1 });
});

test('a disk that is found under the name of another backend counts there, and once', async () => {
  const { rig, first } = await alternate();
  const nas = rig.target('nas').place;
  Object.assign(rig.target('nas'), { place: first });
  await rig.sync();

  expect(rig.unit.report().protection).toMatchObject({ copies: 3 });
  Object.assign(rig.target('nas'), { place: nas });
  await rig.sync();
  expect(rig.unit.report().protection).toMatchObject({ copies: 4 });
});
