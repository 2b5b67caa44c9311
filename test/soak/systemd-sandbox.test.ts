import { createServer } from 'node:http';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { onCleanUp } from '../support/clean-up.ts';
import { commandsIn } from '../support/document.ts';
import { unpack, type SystemdHost } from '../support/systemd-host.ts';
import {
  CLIENT,
  installBySystemdManual,
  PASSWORD,
  SOURCE,
  UNIT,
} from '../support/systemd-installed.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, toolDirectory } from '../support/tools.ts';

describeWithTools(
  ['root', 'base-image', 'systemd', 'rsync', 'newest/restic', 'newest/rclone'],
  'in the sandbox of systemd',
  () => {
    let host: SystemdHost;

    beforeAll(async () => {
      host = await installBySystemdManual();
    }, 300_000);

    beforeEach(async () => {
      await host.run(`systemctl daemon-reload; systemctl reset-failed; systemctl restart ${UNIT}`);
    });

    test('rclone stores a new token where the manual puts rclone.conf', async () => {
      const server = createServer((request, response) => {
        const isToken = request.url === '/token';
        response.writeHead(isToken ? 200 : 403, { 'content-type': 'application/json' });
        response.end(isToken ? token('another', 3600) : '{}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onCleanUp(() => new Promise((resolve) => server.close(resolve)));
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const [directory = '', configure = ''] = lines('rclone');
      const [, file = ''] = /--config (\S+)/.exec(configure) ?? [];
      await host.run(directory);
      const at = `endpoint http://127.0.0.1:${port} token_url http://127.0.0.1:${port}/token`;
      const create = `create cloud hidrive ${at} token '${token('first', -3600)}' --non-interactive`;
      await host.run(`${configure} ${create}`);

      const stored = () => host.run(`cat ${file}`).then((text) => text.includes('another'));
      expect(await stored()).toBe(false);

      const backends = [{ name: 'own', rclone: 'cloud:ahost', rcloneConfig: file }];
      host.write(CLIENT, JSON.stringify({ source: { directory: SOURCE, poll: '5s' }, backends }));
      await host.run(`systemctl reload ${UNIT}`);

      await waitFor(stored, { what: 'the new token' });
    });

    /** Gives the client this backend alone. */
    async function use(backend: object): Promise<void> {
      const source = { directory: SOURCE, poll: '5s' };
      host.write(CLIENT, JSON.stringify({ source, backends: [{ name: 'own', ...backend }] }));
      await host.run(`install -d -o backup-syncd /mnt/nas/own; systemctl restart ${UNIT}`);
    }

    test('rsync_copy copies a source whose directories are setgid, as the manual makes them', async () => {
      expect(await host.run(`stat --format %a ${SOURCE}/data`)).toMatch(/^2/);
      await unpack(toolDirectory('rsync'), host.root);
      await use({
        script: [example('rsync_copy'), '/mnt/nas/own/rsync'],
        verify: { directory: '/mnt/nas/own/rsync' },
      });

      await host.run('backup-syncd sync ahost');

      const { stdout } = await host.tryRun('backup-syncd status ahost');
      expect(stdout).toMatch(/^own +up to date/m);
    });

    test('restic_copy needs the locks of its source', async () => {
      const passwords = '/var/lib/backup-syncd/password';
      await host.run(`
        install -m 400 -o backup-syncd ${PASSWORD} ${passwords}
        install -d -o backup-syncd /mnt/nas/own /mnt/nas/own/restic
        setpriv --reuid backup-syncd --regid backup-syncd --init-groups \\
          restic --quiet --no-cache --repo /mnt/nas/own/restic --password-file ${passwords} init
        chmod g+w ${SOURCE}/locks`);
      await use({ script: [example('restic_copy'), '/mnt/nas/own/restic', passwords, passwords] });
      const refused = /\/locks\/.*read-only file system/; // restic tries that for minutes
      await waitFor(async () => refused.test(await host.run(`journalctl --unit ${UNIT}`)), {
        what: 'restic to be refused its lock',
      });

      host.write(
        `/etc/systemd/system/${UNIT}.service.d/locks.conf`,
        `[Service]\nReadWritePaths=-${SOURCE}/locks\n`,
      );
      await host.run(`systemctl daemon-reload; systemctl restart ${UNIT}`);
      await host.run('backup-syncd sync ahost');

      const snapshots = `restic --no-cache --repo /mnt/nas/own/restic --password-file ${PASSWORD} snapshots`;
      expect(await host.run(snapshots)).toContain('1 snapshots');
    });
  },
);

const example = (name: string): string => `/opt/backup-syncd/deploy/scripts/${name}`;

/** The commands of a section of docs/backends.md. */
const lines = (section: string): string[] =>
  (commandsIn('docs/backends.md').get(section) ?? '').split('\n');

/** The answer of a token server, which rclone stores. */
function token(name: string, seconds: number): string {
  return JSON.stringify({
    access_token: name,
    refresh_token: name,
    token_type: 'Bearer',
    expires_in: seconds,
    expiry: new Date(Date.now() + seconds * 1000).toISOString(),
  });
}
