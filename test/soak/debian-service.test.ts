import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { DebianHost, debianPackage, nodePackage } from '../support/debian-host.ts';
import { seedRepository } from '../support/restic.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const CONFIG = `listen: 127.0.0.1:0
defaults: { source: { poll: 1s }, backends: [{ name: nas, directory: '/srv/nas/{client}' }] }
`;
const PLACES = '[Service]\nReadWritePaths=-/srv/nas\n';
const MAIN = 'backup-syncd';
const INSTANCE = 'backup-syncd@ahost';
const RUNIT = '/etc/backup-syncd/runit';

describeWithTools(
  ['root', 'base-image', 'systemd', 'runit', 'cgroup2', 'newest/restic'],
  'the Debian package, with systemd',
  () => {
    let host: DebianHost;
    let file: string;

    beforeAll(async () => {
      file = await debianPackage();
      host = await DebianHost.boot('systemd');
      await host.install(await nodePackage());
      // other tests have the usual address
      mkdirSync(host.at('etc/backup-syncd'));
      writeFileSync(host.at('etc/backup-syncd/backup-syncd.yaml'), CONFIG);
    }, 600_000);

    const stateOf = async (unit: string) =>
      (await host.tryRun(`systemctl is-active ${unit}`)).stdout.trim();
    const isEnabled = async (unit: string) =>
      (await host.tryRun(`systemctl is-enabled ${unit}`)).stdout.trim();
    const pidOf = async (unit: string) =>
      (await host.run(`systemctl show -P MainPID ${unit}`)).stdout.trim();
    const untilComplete = (count: number) =>
      waitFor(
        async () =>
          (await host.tryRun('backup-syncd status ahost')).stdout.includes(`${count} complete`),
        { what: `${count} complete snapshots` },
      );

    test('is installed: the service is enabled, and ready', async () => {
      await host.install(file);

      expect(await stateOf(MAIN)).toBe('active');
      expect(await isEnabled(MAIN)).toBe('enabled');
    });

    test('the service replicates a client that root added', async () => {
      const { path } = await seedRepository('newest');
      cpSync(path, host.at('srv/ahost'), { recursive: true });
      await host.run('chown -R backup-syncd: /srv/ahost && install -d -o backup-syncd /srv/nas');
      for (const unit of [MAIN, `${MAIN}@`]) {
        mkdirSync(host.at(`etc/systemd/system/${unit}.service.d`), { recursive: true });
        writeFileSync(host.at(`etc/systemd/system/${unit}.service.d/places.conf`), PLACES);
      }
      await host.run(`systemctl daemon-reload && systemctl restart ${MAIN}`);

      await host.run('backup-syncd client add ahost --source /srv/ahost --same-disk');

      await untilComplete(2);
    });

    test('is upgraded: the service runs the new version', async () => {
      const before = await pidOf(MAIN);
      await host.install(file);

      expect(await stateOf(MAIN)).toBe('active');
      expect(await pidOf(MAIN)).not.toBe(before);
    });

    test('is upgraded: a service that is disabled stays so', async () => {
      await host.run(`systemctl disable --now ${MAIN}`);
      await host.install(file);

      expect(await stateOf(MAIN)).toBe('inactive');
      expect(await isEnabled(MAIN)).toBe('disabled');
    });

    test('is upgraded: the service of a client is restarted, and not replaced with that of all', async () => {
      const clientFile = 'etc/backup-syncd/clients/ahost.yaml';
      writeFileSync(host.at(clientFile), `${host.read(clientFile)}listen: 127.0.0.1:0\n`);
      await host.run(`systemctl start ${INSTANCE} && systemctl enable ${MAIN}`);
      const before = await pidOf(INSTANCE);
      await host.install(file);

      expect(await stateOf(INSTANCE)).toBe('active');
      expect(await pidOf(INSTANCE)).not.toBe(before);
      expect(await stateOf(MAIN)).toBe('inactive');
      await host.run(`systemctl stop ${INSTANCE}`);
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
      await host.install(file);

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
      expect((await host.run('cat /proc/[0-9]*/cmdline')).stdout).not.toContain('backup-syncd');
    });

    test('is installed again: the service starts', async () => {
      await host.install(file);

      expect(await stateOf(MAIN)).toBe('active');
    });

    test('is purged: the service is gone, and what was added to it stays', async () => {
      await host.run('dpkg --purge backup-syncd');

      expect(await stateOf(MAIN)).toBe('inactive');
      expect(host.read(`etc/systemd/system/${MAIN}.service.d/places.conf`)).toBe(PLACES);
      const links = await host.run(
        'find /etc/systemd/system /var/lib/systemd -name "backup-syncd*.service"',
      );
      expect(links.stdout).toBe('');
    });
  },
);
