import { expect, test } from '@jest/globals';
import { onCleanUp } from '../../../support/clean-up.ts';
import { waitFor } from '../../../support/temp.ts';
import { backup, DAY, makeRig, NEVER, type Rig } from '../../client/fixtures.ts';

const HOUR = DAY / 24;

function start(rig: Rig): void {
  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
}

async function polls(rig: Rig, count: number): Promise<void> {
  const { scans } = rig.unit.report().source;
  await waitFor(() => rig.unit.report().source.scans > scans + count, { what: `${count} polls` });
}

const auditedAt = ({ unit }: Rig) => unit.report().source.lastAudit?.auditedAt;

function successes({ unit }: Rig): (number | undefined)[] {
  const { source } = unit.store;
  const all = [source.attempts, ...[...unit.store.facts.backends.values()].map((b) => b.attempts)];
  return all.map(({ others }) => others?.['audit']?.lastSuccess);
}

test('a remote source is audited each day, also if it gets a snapshot each hour', async () => {
  const rig = await makeRig({ remoteSource: true, backends: [] });
  start(rig);
  await polls(rig, 2);
  expect(auditedAt(rig)).toBeUndefined(); // its first view has listed everything

  for (let hour = 1; hour <= 25; hour++) {
    rig.clock.at += HOUR;
    rig.model.act(backup(hour));
    await polls(rig, 3);
  }

  await waitFor(() => auditedAt(rig) !== undefined, { what: 'the first audit' });
});

test.each(['is gone', 'is overwritten'])(
  'a config that %s at a remote source is noticed by the audit: no poll asks for it',
  async (what) => {
    const rig = await makeRig({ remoteSource: true, backends: [] });
    start(rig);
    await polls(rig, 2);
    if (what === 'is gone') rig.source.place.delete('config');
    else rig.source.place.put('config', 'encrypted');
    await polls(rig, 3);
    expect(rig.unit.report().source.state).toBe('ok');

    rig.clock.at += DAY;

    const state = what === 'is gone' ? 'damaged' : 'config_changed';
    await waitFor(() => rig.unit.report().source.state === state, { what: state });
    expect(auditedAt(rig)).toBeUndefined();
  },
);

test('without a view of the source nothing is compared, and that is no success', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'] });
  await rig.sync();
  await rig.unit.audit({}, NEVER);
  const before = successes(rig);
  expect(before.every((at) => at === rig.clock.at)).toBe(true);
  rig.source.place.isMissing = true;
  rig.clock.at += 3 * DAY;

  const reports = await rig.unit.audit({ backends: ['source', 'usb'] }, NEVER);

  expect(reports).toMatchObject([
    { place: 'source', trouble: { message: expect.stringContaining('/source') } },
    { place: 'usb', trouble: { message: expect.stringContaining('the source cannot be read: ') } },
  ]);
  expect(successes(rig)).toEqual(before);
});
