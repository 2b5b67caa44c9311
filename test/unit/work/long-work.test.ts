import { expect, test } from '@jest/globals';
import { describe as describeProgress } from '../../../src/cli/render/progress.ts';
import { renderSync } from '../../../src/cli/render/sync.ts';
import { showStatus } from '../cli/render/show-status.ts';
import { waitFor } from '../../support/temp.ts';
import { makeRig, MINUTE, START, type Rig } from '../client/fixtures.ts';

/** A gate that stays closed until it is opened. */
function closedGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, pass: () => opened };
}

function statusOf(rig: Rig): string {
  const report = rig.unit.report();
  const picture = { clients: [report], refused: [], unknown: [], notReady: [] };
  const how = { isDetailed: true, now: rig.clock.at };
  return showStatus(picture, how).join('\n');
}

test('status says that a backend that does not answer is being checked, and for how long', async () => {
  const rig = await makeRig();
  await rig.sync();
  const gate = closedGate();
  rig.target('nas').before = gate.pass;

  const syncing = rig.sync();
  await waitFor(() => rig.backend('nas').doing !== undefined, { what: 'a word' });
  rig.clock.at += 5 * MINUTE;

  expect(rig.backend('nas')).toMatchObject({
    state: 'idle',
    doing: { what: 'checking it', since: START },
  });
  expect(describeProgress(rig.unit.report())).toBe('ahost → nas: checking it for 5m');
  expect(statusOf(rig)).toMatch(/^nas +checking .* checking it for 5m/m);
  gate.open();
  await syncing;
  expect(rig.backend('nas').doing).toBeUndefined();
});

test('a source that does not respond', async () => {
  const rig = await makeRig();
  await rig.sync();
  const gate = closedGate();
  rig.source.before = gate.pass;

  const syncing = rig.sync();
  await waitFor(() => rig.unit.report().source.doing !== undefined, { what: 'a word' });
  rig.clock.at += MINUTE;

  expect(describeProgress(rig.unit.report())).toContain('ahost → source: checking it for 1m');
  expect(statusOf(rig)).toMatch(/^source +readable .* checking it for 1m/m);
  gate.open();
  await syncing;
  expect(rig.unit.report().source.doing).toBeUndefined();
});

test('a requested pass says what it checked and what it only remembers', async () => {
  const rig = await makeRig();
  await rig.sync();
  const syncs = await rig.sync();
  const report = rig.unit.report();

  const { objects = 0 } = rig.backend('nas');
  expect(renderSync({ report, syncs })).toEqual([
    `ahost → nas: already complete (checked ${objects} objects there and the whole source, by name and size)`,
  ]);
  const looked = { objects: 7, listedAt: START - 60 * MINUTE };
  const remembering = syncs.map((sync) => ({ ...sync, looked }));
  expect(renderSync({ report, syncs: remembering })).toEqual([
    `ahost → nas: already complete (7 objects there from memory, listed 1h ago; checked the whole source)`,
  ]);
});
