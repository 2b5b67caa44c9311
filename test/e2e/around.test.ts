import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mount } from '../support/bind-mount.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { isMounted, unmountLazily } from '../support/mounts.ts';
import { writeScript } from '../support/noting-script.ts';
import { checkReplica, wrongObjects } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

/** A disk that is mounted by a program and unmounted by another one, which note that they run. */
async function makeDisk() {
  const [mountPoint, notes] = [temporaryDirectory(), temporaryDirectory()];
  const disk = await mountTmpfs({ sizeBytes: 64 * 2 ** 20 });
  onCleanUp(() => unmountLazily(mountPoint));
  const [away, hangs] = [join(notes, 'away'), join(notes, 'hangs')];
  const note = (name: string) => `#!/bin/sh\necho "${name} $BACKUP_SYNCD_CLIENT" >>${notes}/runs\n`;
  const before = writeScript(
    temporaryDirectory(),
    `${note('before')}[ -e ${hangs} ] && sleep 600\n[ -e ${away} ] && { echo no such disk >&2; exit 1; }\nexec mount --bind ${disk.path} ${mountPoint}\n`,
  );
  const after = writeScript(temporaryDirectory(), `${note('after')}exec umount ${mountPoint}\n`);
  return {
    mountPoint,
    away,
    hangs,
    before,
    after,
    contents: disk.path,
    replica: join(mountPoint, 'replica'),
    mount: () => mount(['--bind', disk.path, mountPoint]),
    unmount: () => unmountLazily(mountPoint),
    runs: () =>
      existsSync(join(notes, 'runs'))
        ? readFileSync(join(notes, 'runs'), 'utf8').split('\n').slice(0, -1)
        : [],
  };
}

describeWithTools(['tmpfs', 'newest/restic'], 'a disk that is mounted for a pass', () => {
  test('is there during passes only, and no poll wakes it; without it no pass runs', async () => {
    const { repository, path: source, data } = await seedRepository(generation);
    const disk = await makeDisk();
    const syncd = new Syncd();
    syncd.writeClient('ahost', {
      source,
      backends: [],
      expect: { copies: 1, snapshotEvery: 'off' },
      remotes: {
        usb: {
          directory: disk.replica,
          before: [disk.before],
          after: [disk.after],
          aroundDeadline: '2s',
          offline: '1h',
        },
      },
    });
    await disk.mount();
    mkdirSync(disk.replica);
    await syncd.init('usb', 'ahost', ['--same-disk']);
    await disk.unmount();
    const daemon = await syncd.start(['run', '--log-level', 'info']);

    await daemon.untilComplete('usb', 2);
    await waitFor(() => !isMounted(disk.mountPoint), { what: 'after' });
    const first = disk.runs();
    expect(first.slice(0, 2)).toEqual(['before ahost', 'after ahost']);
    await daemon.untilPolled(3);
    expect(disk.runs()).toEqual(first);

    changeTree(data, { seed: 3 });
    const id = await repository.backup(data);
    await daemon.untilComplete('usb', id);
    await waitFor(() => !isMounted(disk.mountPoint), { what: 'after' });
    expect(disk.runs().slice(first.length)).toEqual(['before ahost', 'after ahost']);
    const replica = join(disk.contents, 'replica');
    expect(wrongObjects(replica)).toEqual([]);
    expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });

    writeFileSync(disk.away, '');
    const failed = await syncd.sync(['ahost', '--backend', 'usb']);
    expect(failed.backends).toMatchObject([
      {
        outcome: 'failed',
        reason: 'unreachable',
        message: `before: ${disk.before} exited with 1`,
        hint: expect.stringContaining('no pass runs until it succeeds'),
      },
    ]);
    expect(disk.runs().slice(-2)).toEqual(['before ahost', 'after ahost']);
    expect(await daemon.process.waitForLine(/no such disk/)).toContain('"backend":"usb"');
    expect(await daemon.backend('usb')).toMatchObject({
      state: 'retrying',
      up: false,
      expectedBackAt: expect.any(String),
      snapshots: 3,
    });

    rmSync(disk.away);
    writeFileSync(disk.hangs, '');
    const hung = await syncd.sync(['ahost', '--backend', 'usb']);
    expect(hung.backends).toMatchObject([
      { message: `before: ${disk.before} did not finish within 2s and was killed` },
    ]);

    rmSync(disk.hangs);
    const well = await syncd.sync(['ahost', '--backend', 'usb']);
    expect(well.backends).toMatchObject([{ outcome: 'nothing' }]);
    expect(await daemon.backend('usb')).toMatchObject({ state: 'idle', up: true });
    expect(isMounted(disk.mountPoint)).toBe(false);
  });
});
