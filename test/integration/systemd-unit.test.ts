import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess, type ProcessResult } from '../support/process.ts';
import { seedRepository } from '../support/restic.ts';
import { Host } from '../support/service-namespace.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import {
  describeWithTools,
  projectDirectory,
  tool,
  toolDirectory,
  toolEnvironment,
} from '../support/tools.ts';

const UNITS = join(projectDirectory, 'deploy/systemd');

test('the sample drop-in names mount points, which may be missing', () => {
  const sample = readFileSync(join(UNITS, 'places.conf.example'), 'utf8');

  expect(sample).toMatch(/^ReadWritePaths=-\/mnt\/nas -\/mnt\/usb$/m);
  expect(sample).not.toMatch(/^(?:RequiresMountsFor|BindsTo)=/m);
});

test('a stop has more time than the daemon takes', () => {
  const [, milliseconds] =
    /const STOP_MS = ([\d_]+)/.exec(
      readFileSync(join(projectDirectory, 'src/cli/daemon.ts'), 'utf8'),
    ) ?? [];
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(textOf('backup-syncd.service')) ?? [];
  const stopMs = Number(milliseconds?.replace('_', ''));

  expect(stopMs).toBeGreaterThan(0);
  expect(Number(seconds) * 1000).toBeGreaterThanOrEqual(stopMs + 10_000); // its last lines, on a slow machine
});

test('the two units differ only in whom they run', () => {
  const settings = (name: string): string[] =>
    textOf(name)
      .split('\n')
      .filter((line) => !/^(?:#|Description=|Conflicts=|After=|ExecStart=)/.test(line));

  expect(settings('backup-syncd@.service')).toEqual(settings('backup-syncd.service'));
});

function textOf(unit: string): string {
  return readFileSync(join(UNITS, unit), 'utf8');
}

describeWithTools(['systemd'], 'the units of systemd', () => {
  test('and that of the runit tree have no fault that systemd-analyze knows, also with the sample drop-in', async () => {
    const directory = temporaryDirectory();
    for (const unit of ['backup-syncd.service', 'backup-syncd@.service']) {
      writeFileSync(join(directory, unit), withTrue(textOf(unit)));
      mkdirSync(join(directory, `${unit}.d`));
      copyFileSync(join(UNITS, 'places.conf.example'), join(directory, `${unit}.d`, 'places.conf'));
    }
    const runit = 'backup-syncd-runit.service';
    const text = readFileSync(join(projectDirectory, 'deploy/runit', runit), 'utf8');
    writeFileSync(join(directory, runit), withTrue(text));
    const units = ['backup-syncd.service', 'backup-syncd@ahost.service', runit];

    const { stdout, stderr, code } = await analyze(directory, 'verify', '--man=no', ...units);

    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: '', code: 0 });
  });

  test('a fault is found', async () => {
    const directory = temporaryDirectory();
    const text = textOf('backup-syncd.service').replace(
      'ProtectSystem=strict',
      'ProtectSistem=yes',
    );
    writeFileSync(join(directory, 'backup-syncd.service'), text);

    const { stderr } = await analyze(directory, 'verify', '--man=no', 'backup-syncd.service');

    expect(stderr).toContain("Unknown key 'ProtectSistem'");
  });

  test.each(['backup-syncd.service', 'backup-syncd@.service'])(
    'the exposure of %s is 2.0 or less',
    async (unit) => {
      const { stdout, code } = await analyze(UNITS, ...SECURITY, join(UNITS, unit));

      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('OK') });
    },
  );

  test('the exposure of a unit without a part of its sandbox is more', async () => {
    const file = join(temporaryDirectory(), 'open.service');
    const text = textOf('backup-syncd.service').replace(
      /^(?:ProtectSystem|SystemCallFilter)=.*\n/gm,
      '',
    );
    writeFileSync(file, text);

    expect((await analyze(UNITS, ...SECURITY, file)).code).toBe(1);
  });
});

const SECURITY = ['security', '--offline=true', '--threshold=20'];

/** The programs of the units need not be on this machine. */
function withTrue(unit: string): string {
  return unit.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
}

/** `systemd-analyze`, for which these units are installed beside those of the system. */
async function analyze(units: string, ...args: readonly string[]): Promise<ProcessResult> {
  const system = join(toolDirectory('systemd'), 'lib/systemd/system');
  const env = { ...toolEnvironment('systemd'), SYSTEMD_UNIT_PATH: `${units}:${system}` };
  return runProcess(tool('systemd'), args, { env });
}

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

    // busy at the moment of a poll
    await waitFor(async () => host.run('umount', disk).then(() => true), { what: 'umount' });
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
