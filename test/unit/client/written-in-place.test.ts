import { expect, test } from '@jest/globals';
import { waitFor } from '../../support/temp.ts';
import { backup, makeRig, type Rig } from './fixtures.ts';

/** A replica that is up to date, and a new backup of which one pack is not whole yet. */
async function halfWritten() {
  const rig = await makeRig();
  await rig.sync();
  rig.clock.at = Date.now(); // the times of files are real
  const { place } = rig.source;
  const before = new Set(place.paths('data/'));
  rig.model.act(backup(7, 8));
  const path = place.paths('data/').find((each) => !before.has(each)) ?? '';
  const whole = place.content(path) ?? Buffer.alloc(0);
  place.put(path, whole.subarray(0, whole.length - 1));
  return { rig, path, whole, place };
}

function receivedData(rig: Rig): number {
  return rig
    .target('nas')
    .calls.filter(({ method, kind }) => method === 'receive' && kind === 'data').length;
}

test('a pack that is complete at the second read was never corrupt', async () => {
  const { rig, path, whole, place } = await halfWritten();
  const before = receivedData(rig);

  const syncing = rig.sync();
  await waitFor(() => receivedData(rig) > before, { what: 'a first look' });
  place.put(path, whole);

  expect(await syncing).toMatchObject([{ outcome: 'complete' }]);
  expect(rig.backend('nas')).toMatchObject({ snapshots: 2, counters: { failures: {} } });
  expect(rig.unit.report().source.corrupt).toEqual([]);
});

test('a pack with the same wrong content at the second check is corrupt', async () => {
  const { rig, path } = await halfWritten();

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'failed', reason: 'source_corrupt' });
  expect(rig.unit.report().source.corrupt).toEqual([`data/${path.slice(-64)}`]);
});

test('a pack that changes at every check is still being written: it is retried later', async () => {
  const { rig, path, place } = await halfWritten();
  let looks = 0;
  rig.target('nas').beforeObject = (object) => {
    if (object === path) place.put(path, Buffer.alloc(100, ++looks));
  };

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'failed', reason: 'source_busy' });
  expect(rig.unit.report().source.corrupt).toEqual([]);
}, 20_000);
