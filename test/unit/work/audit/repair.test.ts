import { expect, test } from '@jest/globals';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { waitFor } from '../../../support/temp.ts';
import { backup, DAY, makeRig, NEVER, type Rig } from '../../client/fixtures.ts';

/** Two backends that hold everything. */
async function inSync(): Promise<Rig> {
  const rig = await makeRig({ backends: ['nas', 'usb'], copies: 2, history: [backup(1, 2, 3)] });
  await rig.sync();
  return rig;
}
const packsAt = (rig: Rig) => rig.target('nas').place.paths('data/');
const oneOf = (all: readonly string[]) => {
  const [one] = all;
  if (one === undefined) throw new Error('there is none');
  return one;
};
const auditOf = async (rig: Rig, name: string) => {
  const [report] = await rig.unit.audit({ backends: [name] }, NEVER);
  return report?.result;
};
const reads = (rig: Rig) => rig.source.calls.filter(({ method }) => method !== 'list').length;

test('what is lost at a backend and at the source comes back from another backend', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  const content = rig.target('nas').place.content(pack);
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);

  const audit = await auditOf(rig, 'nas');

  expect(rig.target('nas').place.content(pack)).toEqual(content);
  expect(audit).toMatchObject({ repaired: [{ from: 'usb', objects: 1 }] });
  expect(audit?.findings.map(({ finding }) => finding)).not.toContain('missing');
  expect(rig.backend('nas').snapshots).toBe(1);
  expect(rig.source.place.content(pack)).toBeUndefined(); // a source is never written to
  expect(rig.said).toContain('warn 1 object came back from usb');
});

test('a daemon does the same when an audit is due', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);
  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
  rig.clock.at += DAY;
  await waitFor(() => rig.target('nas').place.content(pack), { what: 'the lost pack' });
  await waitFor(() => rig.backend('nas').snapshots === 1, { what: 'a complete snapshot' });
});

test('what is corrupt at the source, too, is never taken from there', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  const content = rig.target('usb').place.content(pack);
  if (content === undefined) throw new Error('no pack');
  rig.source.place.put(pack, Buffer.alloc(content.length, 7));
  rig.target('nas').place.delete(pack);

  const audit = await auditOf(rig, 'nas');

  expect(rig.target('nas').place.content(pack)).toEqual(content);
  expect(audit).toMatchObject({ repaired: [{ from: 'usb', objects: 1 }] });
});

test('an object that the other backend has damaged is not copied (I5)', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  const { length = 0 } = rig.target('usb').place.content(pack) ?? {};
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);
  rig.target('usb').place.put(pack, Buffer.alloc(length, 7));

  const audit = await auditOf(rig, 'nas');

  expect(rig.target('nas').place.content(pack)).toBeUndefined();
  expect(audit?.repaired).toBeUndefined();
  expect(audit?.findings[0]).toMatchObject({ names: expect.any(Array) as unknown });
  expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'damaged' });
});

test('nothing is written where the config differs from the source until a person accepts it (I4)', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  rig.target('usb').before = () => {
    throw new SyncdError('unreachable', 'usb is not there');
  };
  await rig.sync();
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);
  await auditOf(rig, 'nas');
  expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'damaged' });
  rig.source.place.put('config', Buffer.from('another config'));
  rig.target('usb').before = () => undefined;

  await rig.sync();
  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
  const { scans } = rig.unit.report().source;
  await waitFor(() => rig.unit.report().source.scans > scans + 5, { what: 'polls' });

  expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'diverged' });
  expect(rig.target('nas').place.content(pack)).toBeUndefined();
});

test('nothing is read where nothing is lost', async () => {
  const rig = await inSync();
  const before = reads(rig);
  expect(await auditOf(rig, 'nas')).toMatchObject({ findings: [] });
  expect(rig.target('usb').calls.filter(({ method }) => method === 'receive')).toHaveLength(4);
  expect(reads(rig) - before).toBeLessThan(10);
});

test('an object that the other backend cannot give is not asked for again at each poll', async () => {
  const rig = await inSync();
  const pack = oneOf(packsAt(rig));
  const { length = 0 } = rig.target('usb').place.content(pack) ?? {};
  rig.source.place.delete(pack);
  rig.target('nas').place.delete(pack);
  rig.target('usb').place.put(pack, Buffer.alloc(length, 7));
  await auditOf(rig, 'nas');
  const asked = () => rig.target('nas').calls.filter(({ method }) => method === 'receive').length;
  const before = asked();
  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
  const { scans } = rig.unit.report().source;
  await waitFor(() => rig.unit.report().source.scans > scans + 5, { what: 'polls' });

  expect(asked()).toBe(before);
  expect(rig.said.filter((line) => line.startsWith('warn /usb cannot give'))).toHaveLength(1);
});
