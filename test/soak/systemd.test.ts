import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { SystemdHost } from '../support/systemd-host.ts';
import {
  CLIENT,
  installBySystemdManual,
  PASSWORD,
  SOURCE,
  typed,
  UNIT,
} from '../support/systemd-installed.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const DROP_INS = `/etc/systemd/system/${UNIT}.service.d`;
/** Unmounts the disk once the daemon does not read there. */
const UMOUNT = 'for _ in $(seq 200); do umount /mnt/nas && exit; sleep 0.1; done; exit 1';

describeWithTools(
  ['root', 'base-image', 'systemd', 'newest/restic', 'newest/rclone'],
  'on a host with systemd',
  () => {
    let host: SystemdHost;

    beforeAll(async () => {
      host = await installBySystemdManual();
    }, 300_000);

    beforeEach(async () => {
      await host.run(`systemctl daemon-reload; systemctl reset-failed; systemctl restart ${UNIT}`);
    });

    test('the commands of the manual lead to a unit that is ready, and replicates', async () => {
      await host.run(`systemctl stop ${UNIT}`);

      const shown = await host.run(typed('Start'));

      expect(shown).toContain('Active: active (running)');
      expect(shown).toContain('watching 1 client');
      await host.run(`backup-syncd backend init --same-disk ahost nas && backup-syncd sync ahost`);
      expect(await host.run('backup-syncd status ahost')).toMatch(/^nas +up to date/m);
      expect(await host.run('stat --format %U:%a /var/lib/backup-syncd')).toBe('backup-syncd:700');
      expect(await host.run(`systemctl is-enabled ${UNIT}`)).toBe('enabled');
    });

    test('the password of LoadCredential is used', async () => {
      const client = await host.run(`cat ${CLIENT}`);
      host.write(`${DROP_INS}/password.conf`, `[Service]\nLoadCredential=ahost:${PASSWORD}\n`);
      const password = { file: `/run/credentials/${UNIT}.service/ahost` };
      const source = { directory: SOURCE, poll: '5s', password };
      host.write(CLIENT, JSON.stringify({ source, restoreCheck: { every: '7d' } }));
      await host.run(`systemctl daemon-reload; systemctl restart ${UNIT}`);

      expect(await host.run('backup-syncd restore-check ahost')).toContain('restored and correct');

      await host.run(`rm ${DROP_INS}/password.conf`);
      host.write(CLIENT, client);
    });

    test('rclone and scripts work in the sandbox', async () => {
      const client = await host.run(`cat ${CLIENT}`);
      const environment = '/var/lib/backup-syncd/environment';
      host.write(
        '/usr/local/bin/replica_sync',
        `#!/bin/sh\nenv >${environment}.new && mv ${environment}.new ${environment}\n`,
      );
      host.write('/etc/backup-syncd/rclone.conf', '[disk]\ntype = local\n');
      await host.run(
        `chmod 755 /usr/local/bin/replica_sync && mkdir -p /mnt/nas/remote/ahost && chown -R backup-syncd: /mnt/nas/remote`,
      );
      const backends = [
        {
          name: 'remote',
          rclone: 'disk:/mnt/nas/remote/ahost',
          rcloneConfig: '/etc/backup-syncd/rclone.conf',
          minFree: '0B',
        },
        { name: 'own', script: ['/usr/local/bin/replica_sync'] },
      ];
      host.write(CLIENT, JSON.stringify({ source: { directory: SOURCE, poll: '5s' }, backends }));
      await host.run(
        `systemctl restart ${UNIT} && backup-syncd backend init --same-disk ahost remote`,
      );

      await host.run('backup-syncd sync ahost');

      expect(await host.run('backup-syncd status ahost')).toMatch(/^remote +up to date/m);
      const { stdout } = await host.tryRun(`cat ${environment}`);
      expect(stdout).toContain('PATH=');
      expect(stdout).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
      host.write(CLIENT, client);
    });

    test('a daemon that no longer turns is restarted, and one that was killed, too', async () => {
      host.write(`${DROP_INS}/watchdog.conf`, '[Service]\nWatchdogSec=4\nRestartSec=1\n');
      await host.run(`systemctl daemon-reload; systemctl restart ${UNIT}`);
      const first = await host.property(UNIT, 'MainPID');
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      expect(await host.property(UNIT, 'MainPID')).toBe(first); // it is fed

      await host.run(`kill -STOP ${first}`);
      const isRestarted = async (times: string) =>
        (await host.property(UNIT, 'NRestarts')) === times &&
        (await host.property(UNIT, 'ActiveState')) === 'active';
      await waitFor(() => isRestarted('1'), { what: 'the restart' });
      expect(await host.run(`journalctl --unit ${UNIT}`)).toContain('Watchdog timeout');

      await host.run(`kill -TERM ${await host.property(UNIT, 'MainPID')}`); // by mistake
      await waitFor(() => isRestarted('2'), { what: 'the second restart' });
      await host.run(`rm ${DROP_INS}/watchdog.conf`);
    });

    test('a reload is SIGHUP, a stop is clean, and leaves no process', async () => {
      await host.run(`systemctl reload ${UNIT}`);
      await waitFor(
        async () => (await host.run(`journalctl -o cat -n 20 -u ${UNIT}`)).includes('SIGHUP'),
        {
          what: 'the reload',
        },
      );
      const group = `/sys/fs/cgroup${await host.property(UNIT, 'ControlGroup')}`;

      await host.run(`systemctl stop ${UNIT}`);

      expect(await host.property(UNIT, 'Result')).toBe('success');
      expect((await host.tryRun(`cat ${group}/cgroup.procs`)).stdout).toBe('');
      expect(await host.run(`journalctl -o cat -n 20 -u ${UNIT}`)).toContain('"msg":"stopped"');
    });

    test('the unit of one client and that of all stop each other', async () => {
      await host.run(typed('One process per client'));
      const enabled = 'systemctl is-enabled backup-syncd backup-syncd@ahost || true';
      expect(await host.run(enabled)).toBe('disabled\nenabled');
      const states = 'systemctl is-active backup-syncd backup-syncd@ahost || true';
      expect(await host.run(states)).toBe('inactive\nactive');
      expect(await host.run('backup-syncd status ahost')).toContain('up to date');

      await host.run('systemctl start backup-syncd');
      expect(await host.run(states)).toBe('active\ninactive');

      await host.run("systemctl start backup-syncd@ahost && systemctl stop 'backup-syncd@*'");
      expect(await host.run(states)).toBe('inactive\ninactive');
      await host.run('systemctl disable backup-syncd@ahost && systemctl enable backup-syncd');
    });

    test('a source below /home is unreadable, unless a drop-in shows it', async () => {
      await host.run(`mv ${SOURCE} /home/ahost && ln -s /home/ahost ${SOURCE}`);
      await host.run(`systemctl restart ${UNIT}`);
      const { stdout } = await host.tryRun('backup-syncd status ahost');
      expect(stdout).toMatch(/^source +unreadable/m);

      host.write(`${DROP_INS}/home.conf`, '[Service]\nProtectHome=read-only\n');
      await host.run(`systemctl daemon-reload; systemctl restart ${UNIT}`);
      expect(await host.run('backup-syncd status ahost')).toMatch(/^source +readable/m);

      await host.run(`rm ${DROP_INS}/home.conf ${SOURCE} && mv /home/ahost ${SOURCE}`);
    });

    test('with RequiresMountsFor=, a disk that is missing would stop the daemon', async () => {
      const text = '[Mount]\nWhat=/nothing\nWhere=/mnt/usb\nType=ext4\n';
      host.write('/etc/systemd/system/mnt-usb.mount', text);
      host.write(`${DROP_INS}/usb.conf`, '[Unit]\nRequiresMountsFor=/mnt/usb\n');
      await host.run(`systemctl daemon-reload; systemctl stop ${UNIT}`);

      const { stderr } = await host.tryRun(`systemctl start ${UNIT}`);

      expect(stderr).toContain('A dependency job for backup-syncd.service failed');
      await host.run(`rm ${DROP_INS}/usb.conf /etc/systemd/system/mnt-usb.mount`);
    });

    test('a source that is missing keeps nothing from being ready', async () => {
      await host.run(`mv ${SOURCE} ${SOURCE}.away`);

      await host.run(`systemctl restart ${UNIT}`);

      expect(await host.property(UNIT, 'ActiveState')).toBe('active');
      await host.run(`mv ${SOURCE}.away ${SOURCE}`);
    });

    const WRITABLE = 'disk, writable';
    test.each([
      // mounted before the start, after umount, mounted again
      ['-/mnt/nas', WRITABLE, 'empty', WRITABLE],
      ['-/mnt', WRITABLE, 'empty', WRITABLE],
      ['-/mnt/nas/ahost', WRITABLE, WRITABLE, WRITABLE], // why the manual warns of it
      ['', 'disk, read-only', 'empty', WRITABLE],
    ])('what the service sees of a disk with ReadWritePaths=%s', async (paths, ...expected) => {
      host.write(`${DROP_INS}/places.conf`, `[Service]\nReadWritePaths=${paths}\n`);
      await host.run(`systemctl daemon-reload; systemctl restart ${UNIT}`);
      const seen = [await seenAt(host)];
      await host.run(UMOUNT);
      seen.push(await seenAt(host));
      await host.run('mount --bind /disks/nas /mnt/nas');
      seen.push(await seenAt(host));
      expect(seen).toEqual(expected);

      await host.run(UMOUNT);
      await host.run(`systemctl restart ${UNIT}`);
      expect(await seenAt(host)).toBe('empty');
      await host.run('mount --bind /disks/nas /mnt/nas'); // after the start
      expect(await seenAt(host)).toBe(WRITABLE);
    });
  },
);

/** The replica of ahost at /mnt/nas, as the service sees it. */
async function seenAt(host: SystemdHost): Promise<string> {
  const look = `
    test -e /mnt/nas/ahost || { echo empty; exit; }
    touch /mnt/nas/ahost/seen 2>/dev/null && echo disk, writable || echo disk, read-only`;
  const pid = await host.property(UNIT, 'MainPID');
  const user = 'setpriv --reuid backup-syncd --regid backup-syncd --init-groups';
  return host.run(`nsenter --target ${pid} --mount ${user} sh -c '${look}'`);
}
