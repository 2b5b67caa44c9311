import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { debianPackage, installPackages, nodePackage } from '../support/debian-host.ts';
import { seedRepository } from '../support/restic.ts';
import { SystemdHost, unpack } from '../support/systemd-host.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, toolDirectory } from '../support/tools.ts';

const CONFIG = `listen: 127.0.0.1:0
defaults: { source: { poll: 1s }, backends: [{ name: nas, directory: '/srv/nas/{client}' }] }
`;
const PLACES = '[Service]\nReadWritePaths=-/srv/nas\n';
const MAIN = 'backup-syncd';
const INSTANCE = 'backup-syncd@ahost';
const RUNIT = '/etc/backup-syncd/runit';

describeWithTools(
  ['root', 'base-image', 'systemd', 'runit', 'newest/restic'],
  'the Debian package, with systemd',
  () => {
    let host: SystemdHost;
    let file: string;

    beforeAll(async () => {
      file = await debianPackage();
      host = await SystemdHost.boot();
      await unpack(toolDirectory('runit'), host.root);
      await installPackages(host, [await nodePackage()]);
      // other tests have the usual address
      host.write('/etc/backup-syncd/backup-syncd.yaml', CONFIG);
    }, 600_000);

    const stateOf = async (unit: string) =>
      (await host.tryRun(`systemctl is-active ${unit}`)).stdout.trim();
    const isEnabled = async (unit: string) =>
      (await host.tryRun(`systemctl is-enabled ${unit}`)).stdout.trim();
    const pidOf = (unit: string) => host.property(unit, 'MainPID');
    const untilComplete = (count: number) =>
      waitFor(
        async () =>
          (await host.tryRun('backup-syncd status ahost')).stdout.includes(`${count} complete`),
        { what: `${count} complete snapshots` },
      );

    test('is installed: the service is enabled, and ready', async () => {
      await installPackages(host, [file]);

      expect(await stateOf(MAIN)).toBe('active');
      expect(await isEnabled(MAIN)).toBe('enabled');
    });

    test('the service replicates a client that root added', async () => {
      const { path } = await seedRepository('newest');
      cpSync(path, join(host.root, 'srv/ahost'), { recursive: true });
      await host.run('chown -R backup-syncd: /srv/ahost && install -d -o backup-syncd /srv/nas');
      for (const unit of [MAIN, `${MAIN}@`]) {
        host.write(`/etc/systemd/system/${unit}.service.d/places.conf`, PLACES);
      }
      await host.run(`systemctl daemon-reload && systemctl restart ${MAIN}`);

      await host.run('backup-syncd client add ahost --source /srv/ahost --same-disk');

      await untilComplete(2);
    });

    test('is upgraded: the service runs the new version', async () => {
      const before = await pidOf(MAIN);
      await installPackages(host, [file]);

      expect(await stateOf(MAIN)).toBe('active');
      expect(await pidOf(MAIN)).not.toBe(before);
    });

    test('is upgraded: a service that is disabled stays so', async () => {
      await host.run(`systemctl disable --now ${MAIN}`);
      await installPackages(host, [file]);

      expect(await stateOf(MAIN)).toBe('inactive');
      expect(await isEnabled(MAIN)).toBe('disabled');
    });

    test('is upgraded: the service of a client is restarted, and not replaced with that of all', async () => {
      await host.run("echo 'listen: 127.0.0.1:0' >>/etc/backup-syncd/clients/ahost.yaml");
      await host.run(`systemctl start ${INSTANCE} && systemctl enable ${MAIN}`);
      const before = await pidOf(INSTANCE);
      await installPackages(host, [file]);

      expect(await stateOf(INSTANCE)).toBe('active');
      expect(await pidOf(INSTANCE)).not.toBe(before);
      expect(await stateOf(MAIN)).toBe('inactive');
      await host.run(`systemctl stop ${INSTANCE}`);
    });

    test('is upgraded: the service of a client that failed, and is to be started again, is not replaced', async () => {
      const dropIn = `/etc/systemd/system/${INSTANCE}.service.d/failing.conf`;
      host.write(dropIn, '[Service]\nExecStartPre=/bin/false\nRestartSec=1h\n');
      await host.run(`systemctl daemon-reload && systemctl start --no-block ${INSTANCE}`);
      await waitFor(async () => (await host.property(INSTANCE, 'SubState')) === 'auto-restart', {
        what: 'the failure',
      });
      await installPackages(host, [file]);

      expect(await stateOf(INSTANCE)).toBe('activating');
      expect(await stateOf(MAIN)).toBe('inactive');
      await host.run(`systemctl stop ${INSTANCE} && rm ${dropIn} && systemctl daemon-reload`);
    });

    test('is upgraded: in a runit tree, only the daemons are restarted', async () => {
      await host.run(`cp -r /usr/share/backup-syncd/runit/tree ${RUNIT}`);
      await host.run('backup-syncd client enable ahost');
      const other = `${RUNIT}/clients/ahost/services/other`;
      await host.run(
        `mkdir ${other} && printf '#!/bin/sh\\nexec sleep infinity\\n' >${other}/run && chmod +x ${other}/run`,
      );
      await host.run('systemctl start backup-syncd-runit');
      const pidIn = async (service: string) =>
        (
          await host.tryRun(`cat ${RUNIT}/clients/ahost/services/${service}/supervise/pid`)
        ).stdout.trim();
      await waitFor(
        async () => (await pidIn('backup-syncd')) !== '' && (await pidIn('other')) !== '',
        {
          what: 'the services',
        },
      );
      await untilComplete(2);
      const before = { daemon: await pidIn('backup-syncd'), other: await pidIn('other') };
      await installPackages(host, [file]);

      await waitFor(async () => !['', before.daemon].includes(await pidIn('backup-syncd')), {
        what: 'the new daemon',
      });
      expect(await pidIn('other')).toBe(before.other);
      expect(await stateOf('backup-syncd-runit')).toBe('active');
      expect(await stateOf(MAIN)).toBe('inactive');
    });

    test('is removed: nothing of it runs', async () => {
      await host.run('dpkg --remove backup-syncd');

      for (const unit of [MAIN, INSTANCE, 'backup-syncd-runit'])
        expect(await stateOf(unit)).toBe('inactive');
      expect(await host.run('cat /proc/[0-9]*/cmdline')).not.toContain('backup-syncd');
    });

    test('is installed again: the service starts', async () => {
      await installPackages(host, [file]);

      expect(await stateOf(MAIN)).toBe('active');
    });

    test('is removed and installed again: the services of single clients start, and not that of all', async () => {
      await host.run(`systemctl enable ${INSTANCE} && systemctl start ${INSTANCE}`);
      await host.run('dpkg --remove backup-syncd');
      expect(await stateOf(INSTANCE)).toBe('inactive');
      await installPackages(host, [file]);

      expect(await stateOf(INSTANCE)).toBe('active');
      expect(await stateOf(MAIN)).toBe('inactive');
      await host.run('systemctl enable backup-syncd-runit');
    });

    test('is purged: the service is gone, and what was added to it stays', async () => {
      await host.run('dpkg --purge backup-syncd');

      expect(await stateOf(MAIN)).toBe('inactive');
      expect(await host.run(`cat /etc/systemd/system/${MAIN}.service.d/places.conf`)).toBe(
        PLACES.trim(),
      );
      const links = await host.run(
        'find /etc/systemd/system /var/lib/systemd -name "backup-syncd*.service"',
      );
      expect(links).toBe('');
    });
  },
);
