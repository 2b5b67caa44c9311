import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { DebianHost, debianPackage, nodePackage } from '../support/debian-host.ts';
import { unpack } from '../support/systemd-host.ts';
import { freePort, waitFor } from '../support/temp.ts';
import { describeWithTools, toolDirectory } from '../support/tools.ts';

const RUNIT = '/etc/backup-syncd/runit';
const SERVICE = `${RUNIT}/clients/ahost/services/backup-syncd`;
const POLICY = 'usr/sbin/policy-rc.d';

describeWithTools(
  ['root', 'base-image', 'runit'],
  'the Debian package, with runit and without systemd',
  () => {
    let host: DebianHost;
    let file: string;

    beforeAll(async () => {
      file = await debianPackage();
      host = await DebianHost.boot();
      await unpack(toolDirectory('runit'), host.root);
      await host.install(await nodePackage(), file);
      const client = {
        source: { directory: '/srv/none' },
        listen: `127.0.0.1:${await freePort()}`,
      };
      writeFileSync(host.at('etc/backup-syncd/clients/ahost.yaml'), JSON.stringify(client));
      await host.run(`cp -r /usr/share/backup-syncd/runit/tree ${RUNIT}`);
      await host.run('backup-syncd client enable ahost');
      host.start(`runsv ${RUNIT}`);
    }, 600_000);

    /** The daemon, once it is another one than `but`. */
    const running = (but = '') =>
      waitFor(
        async () => {
          const { stdout } = await host.tryRun(`sv check ${SERVICE}; cat ${SERVICE}/supervise/pid`);
          const [, pid] = /^ok: run: .*\n(\d+)\n$/.exec(stdout) ?? [];
          return pid === but ? undefined : pid;
        },
        { what: 'a daemon that answers' },
      );
    const stateOf = async () => (await host.run(`cat ${SERVICE}/supervise/stat`)).stdout.trim();

    test('is upgraded: the daemon of a client is restarted, unless that is forbidden', async () => {
      const first = await running();
      await host.install(file);
      const second = await running(first);

      mkdirSync(host.at('usr/sbin'), { recursive: true });
      writeFileSync(host.at(POLICY), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
      await host.install(file);

      expect(await running()).toBe(second);
      expect(await stateOf()).toBe('run'); // not waiting for its end
      rmSync(host.at(POLICY));
    });

    test('is removed and installed again: the daemon of a client starts again', async () => {
      await running();
      await host.run('dpkg --remove backup-syncd');
      expect(await stateOf()).toBe('down');
      await host.install(file);

      await running();
    });

    test('is installed again: a service that is normally down stays so', async () => {
      await host.run(`touch ${SERVICE}/down && dpkg --remove backup-syncd`);
      await host.install(file);

      expect(await stateOf()).toBe('down');
    });

    test('is purged: the tree is of a person, and stays', async () => {
      await host.run('dpkg --purge backup-syncd');

      expect(existsSync(host.at(`${SERVICE}/run`))).toBe(true);
    });
  },
);
