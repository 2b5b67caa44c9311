import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SystemdHost } from '../support/systemd-host.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, tool } from '../support/tools.ts';

const UNIT = 'backup-syncd-runit';
const SERVICE = '/etc/backup-syncd/runit/clients/ahost/services/backup-syncd';

describeWithTools(
  ['root', 'base-image', 'systemd', 'runit', 'newest/restic'],
  'the unit of the runit tree, on a host with systemd',
  () => {
    test('a stop reaches everything, and a killed runsv is started again with everything below it', async () => {
      const host = await SystemdHost.boot();
      for (const name of ['runsv', 'runsvdir', 'sv', 'chpst', 'svlogd'])
        cpSync(join(dirname(tool('runit')), name), join(host.root, 'usr/bin', name));
      const client = { source: { directory: '/srv/none' }, listen: '127.0.0.1:0' };
      host.write('/etc/backup-syncd/clients/ahost.yaml', JSON.stringify(client));
      await host.run(`
        useradd --system --user-group backup-syncd
        install -d -m 700 -o backup-syncd -g backup-syncd /var/lib/backup-syncd
        ln -s /opt/backup-syncd/dist/main.js /usr/local/bin/backup-syncd
        cp -r /opt/backup-syncd/deploy/runit/tree /etc/backup-syncd/runit
        cp /opt/backup-syncd/deploy/runit/${UNIT}.service /etc/systemd/system
        backup-syncd client enable ahost
        systemctl daemon-reload; systemctl start ${UNIT}`);
      const pidOf = async (): Promise<string> => {
        const { stdout } = await host.tryRun(`cat ${SERVICE}/supervise/pid; sv status ${SERVICE}`);
        return /^(\d+)\nrun: /.exec(stdout)?.[1] ?? '';
      };
      const runs = (but = '') =>
        waitFor(async () => (await pidOf()) !== '' && (await pidOf()) !== but, {
          what: 'a daemon',
        });
      await runs();
      const saved = await waitFor(
        () => host.run('ls /var/lib/backup-syncd').then((names) => names.includes('ahost.json')),
        { what: 'the state' },
      );
      expect(saved).toBe(true);

      const first = await pidOf();
      await host.run(`kill -9 ${await host.property(UNIT, 'MainPID')}`);
      await runs(first);
      expect(await host.property(UNIT, 'NRestarts')).toBe('1');

      await host.run(`systemctl stop ${UNIT}`);
      expect(await host.property(UNIT, 'ActiveState')).toBe('inactive');
      expect(await host.property(UNIT, 'Result')).toBe('success');
      expect((await host.tryRun('pgrep -x "runsv|runsvdir|svlogd|node"')).stdout).toBe('');
      expect(await host.run(`journalctl --no-pager --unit ${UNIT} --lines 20`)).toContain(
        'ok: ./enabled/ahost/: runsv not running',
      );
    }, 300_000);
  },
);
