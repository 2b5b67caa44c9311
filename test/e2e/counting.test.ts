import { renameSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { seedRepository } from '../support/restic.ts';
import { Syncd, type ClientStatus } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

type Protection = ClientStatus['protection'];

describeWithTools(['newest/restic'], 'places that are gone', () => {
  test('count no more after seenWithin, nor after a restart, and again when they are back', async () => {
    const { path: source } = await seedRepository('newest');
    const syncd = await Syncd.create({
      source,
      backends: ['nas', 'usb'],
      expect: { copies: 3, seenWithin: '3s', snapshotEvery: 'off' },
    });
    const daemon = await syncd.start();
    await daemon.untilComplete('nas', 2);
    await daemon.untilComplete('usb', 2);
    const until = (copies: number, unreachableCopies: number, of = daemon) =>
      waitFor(
        async () => {
          const { protection } = await of.client();
          return isSo(protection, { copies, unreachableCopies });
        },
        { what: `${copies} copies, and ${unreachableCopies} that cannot be reached` },
      );
    await until(3, 0);

    renameSync(syncd.backend('usb'), `${syncd.backend('usb')}.away`);
    await until(2, 1);
    expect(await daemon.metric('snapshot_copies')).toBe(2);
    expect(await daemon.metric('snapshot_unreachable_copies')).toBe(1);
    expect((await syncd.here(['snapshots', 'ahost'])).stdout).toMatch(
      /yes +yes +not reachable +3, 1 not reachable \(too few\)/,
    );
    renameSync(source, `${source}.away`);
    await until(1, 2);

    await daemon.process.stop();
    await waitFor(
      async () => {
        const { stdout } = await syncd.here(['status', '--json', 'ahost']);
        const { clients } = JSON.parse(stdout) as { clients: ClientStatus[] };
        return clients.some(({ protection }) =>
          isSo(protection, { copies: 0, unreachableCopies: 3 }),
        );
      },
      { what: 'no copy that counts, from what is remembered' },
    );
    renameSync(`${source}.away`, source);
    renameSync(`${syncd.backend('usb')}.away`, syncd.backend('usb'));
    const next = await syncd.start();
    await until(3, 0, next);
    expect((await next.client()).protection).toMatchObject({ lagMs: 0, unprotected: 0 });
  });
});

function isSo(protection: Protection, wanted: Partial<Protection>): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => protection[key as keyof Protection] === value,
  );
}
