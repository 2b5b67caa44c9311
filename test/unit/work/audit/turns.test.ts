import { expect, test } from '@jest/globals';
import { TransferQueue } from '../../../../src/work/transfers/transfer-queue.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { waitFor } from '../../../support/temp.ts';
import { backup, DAY, makeRig, type Rig } from '../../client/fixtures.ts';

const CLIENTS = 20;

/** Twenty clients of one process, in sync, whose audits are all due at the same moment. */
async function makeCrowd(): Promise<Rig[]> {
  const transfers = new TransferQueue();
  const rigs = await Promise.all(
    Array.from({ length: CLIENTS }, () => makeRig({ transfers, remote: true })),
  );
  for (const rig of rigs) await rig.sync();
  return rigs;
}

function start(rigs: readonly Rig[]): void {
  const controller = new AbortController();
  const running = Promise.all(rigs.map(({ unit }) => unit.run(controller.signal)));
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
}

const auditedAt = ({ unit }: Rig) => unit.report().backends[0]?.lastAudit?.auditedAt ?? 0;

test('twenty clients whose audits are due at once take turns, and no sync waits for an audit', async () => {
  const rigs = await makeCrowd();
  let [listing, most] = [0, 0];
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  for (const rig of rigs) {
    rig.clock.at += DAY;
    rig.target('nas').before = async ({ method, kind }) => {
      if (method !== 'list' || kind !== 'data' || auditedAt(rig) === rig.clock.at) return;
      most = Math.max(most, ++listing);
      await gate;
      listing -= 1;
    };
  }
  start(rigs);
  await waitFor(() => listing > 0, { what: 'the first audit' });

  for (const rig of rigs) rig.model.act(backup(7));
  const complete = () => rigs.filter((rig) => rig.backend('nas').snapshots === 2).length;
  await waitFor(() => complete() >= CLIENTS - 2, { what: 'the syncs of all others' });
  expect(most).toBeLessThanOrEqual(2);

  goOn();
  await waitFor(() => rigs.every((rig) => auditedAt(rig) === rig.clock.at), { what: 'all audits' });
  expect(most).toBeLessThanOrEqual(2);
});
