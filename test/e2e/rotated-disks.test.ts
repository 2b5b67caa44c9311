import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mount } from '../support/bind-mount.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { unmountLazily } from '../support/mounts.ts';
import { checkReplica, wrongObjects } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

/** Disks that take turns at one mount point. */
async function makeDisks() {
  const mountPoint = temporaryDirectory();
  const [first, second] = [
    await mountTmpfs({ sizeBytes: 64 * 2 ** 20 }),
    await mountTmpfs({ sizeBytes: 64 * 2 ** 20 }),
  ];
  const unmount = () => unmountLazily(mountPoint);
  onCleanUp(unmount);
  return {
    first: first.path,
    second: second.path,
    unmount,
    replica: join(mountPoint, 'replica'),
    mount: (disk: string) => mount(['--bind', disk, mountPoint]),
  };
}

describeWithTools(['tmpfs', 'newest/restic'], 'two disks that take turns', () => {
  test('each counts until its time is over, and the return of one is no loss', async () => {
    const { repository, path: source, data } = await seedRepository(generation);
    const disks = await makeDisks();
    const syncd = new Syncd();
    syncd.writeClient('ahost', {
      source,
      backends: ['nas'],
      expect: { copies: 2, snapshotEvery: 'off' },
      remotes: { usb: { directory: disks.replica, offline: '1h' } },
    });
    await syncd.init('nas');
    await disks.mount(disks.first);
    mkdirSync(disks.replica);
    await syncd.init('usb');
    const daemon = await syncd.start();
    await daemon.untilComplete('nas', 2);
    await daemon.untilComplete('usb', 2);
    expect(await daemon.metric('expected_contact_interval_seconds', { backend: 'usb' })).toBe(3600);
    expect(await daemon.metric('expected_contact_interval_seconds', { backend: 'nas' })).toBe(
      undefined,
    );

    await disks.unmount();
    await daemon.until('usb', ({ expectedBackAt }) => expectedBackAt !== undefined);
    expect(await daemon.client()).toMatchObject({ severity: 'ok', protection: { copies: 3 } });
    expect(await syncd.here(['sync', 'ahost'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ahost → usb: offline, expected by/),
    });
    expect(await syncd.here(['sync', 'ahost', '--backend', 'usb'])).toMatchObject({ code: 1 });
    const status = await syncd.here(['status']);
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/usb:? +offline, expected\s+by\s+\w{3} \d{4}-/),
    });

    await disks.mount(disks.second);
    mkdirSync(disks.replica);
    await syncd.init('usb', 'ahost', ['--new-disk']);
    await daemon.until('usb', ({ snapshots, away }) => snapshots === 2 && away?.length === 1);
    expect((await daemon.client()).protection.copies).toBe(4);

    changeTree(data, { seed: 3 });
    const id = await repository.backup(data);
    await daemon.untilComplete('nas', id);
    await daemon.untilComplete('usb', id);
    expect((await daemon.client()).protection.copies).toBe(3);
    const rows = (await syncd.here(['snapshots', 'ahost'])).stdout.split('\n');
    expect(rows[0]).toMatch(/USB +USB \(AWAY\) +COPIES/);
    expect(rows[1]).toMatch(/yes +yes +yes +MISSING +3$/);

    await daemon.process.stop();
    await disks.unmount();
    await disks.mount(disks.first);
    const next = await syncd.start();
    await waitFor(async () => (await next.client()).protection.copies === 4, {
      what: 'the new snapshot on the disk that is back',
    });
    expect((await next.backend('usb')).away).toHaveLength(1);
    expect(next.process.stderr()).not.toMatch(/gone or changed/);
    for (const disk of [disks.first, disks.second]) {
      const replica = join(disk, 'replica');
      expect(wrongObjects(replica)).toEqual([]);
      expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
    }
  });
});
