import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seedRepository } from '../support/restic.ts';
import { Host } from '../support/service-namespace.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';

test('the unit in the manual names mount points, which may be missing', () => {
  const manual = readFileSync(join(projectDirectory, 'docs/operations.md'), 'utf8');

  expect(manual).toMatch(/^ReadWritePaths=-\/mnt\/nas -\/mnt\/usb$/m);
});

describeWithTools(['newest/restic', 'tmpfs'], 'a service of systemd', () => {
  test('a disk that is unmounted is gone for the service, too, and is used again once it is back', async () => {
    const { path: source, repository, data } = await seedRepository('newest');
    const host = await Host.start();
    const [disk, contents] = [temporaryDirectory(), temporaryDirectory()];
    await host.run('mount', '--bind', contents, disk);
    const replica = join(disk, 'restic', 'ahost');
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source, backends: { nas: join(contents, 'restic', 'ahost') } });
    mkdirSync(join(contents, 'restic'));
    await syncd.init('nas');
    syncd.writeClient('ahost', { source, backends: { nas: replica } });
    const daemon = await host.startService(syncd, disk);
    await daemon.untilComplete('nas', 2);

    await host.run('umount', disk);
    const id = await repository.backup(data);
    await daemon.until('nas', ({ reason }) => reason === 'not_initialised');
    expect(existsSync(join(contents, 'restic', 'ahost', 'snapshots', id))).toBe(false);

    await host.run('mount', '--bind', contents, disk);
    await syncd.cli(['sync', 'ahost']); // at once, instead of within half a minute
    await daemon.untilComplete('nas', id);
    expect(existsSync(join(contents, 'restic', 'ahost', 'snapshots', id))).toBe(true);
  });

  test('a disk that is mounted after the start can be used at once', async () => {
    const { path: source } = await seedRepository('newest');
    const host = await Host.start();
    const [disk, contents] = [temporaryDirectory(), temporaryDirectory()];
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source, backends: { nas: join(contents, 'ahost') } });
    await syncd.init('nas');
    syncd.writeClient('ahost', { source, backends: { nas: join(disk, 'ahost') } });
    const daemon = await host.startService(syncd, disk);
    await daemon.until('nas', ({ reason }) => reason === 'not_initialised');

    await host.run('mount', '--bind', contents, disk);

    await daemon.untilComplete('nas', 2);
  });
});
