import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ImageStore, terminate } from '../support/container.ts';
import { runProcess } from '../support/process.ts';
import { checkReplica, wrongObjects } from '../support/replica.ts';
import { resticPassword, seedRepository } from '../support/restic.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const IMAGE = 'localhost/backup-syncd:test';
const USER = 1000;
/** A number that no user has, in the image or here. */
const NAMELESS = 54_321;

describeWithTools(
  ['root', 'buildah', 'base-image', 'newest/restic', 'newest/rclone'],
  'the image',
  () => {
    const store = new ImageStore();
    beforeAll(async () => {
      await store.open();
      await store.addBases();
      await store.build(IMAGE);
    }, 1_200_000);

    test('says who runs it, how it is stopped and how its health is seen', async () => {
      const { config } = await store.inspect(IMAGE);
      expect(config).toMatchObject({
        User: '1000:1000',
        StopSignal: 'SIGTERM',
        Entrypoint: ['tini', '--', 'backup-syncd'],
        Cmd: ['run'],
        Healthcheck: {
          Test: ['CMD', 'node', '/opt/backup-syncd/dist/healthcheck.js'],
        },
        Volumes: { '/etc/backup-syncd': {}, '/var/lib/backup-syncd': {} },
        ExposedPorts: { '10987/tcp': {} },
      });
    });

    test('holds the tools, no development dependency, and no machine id', async () => {
      const container = await store.create(IMAGE);
      const script =
        'restic version && rclone version | head -1 && tini --version && backup-syncd --version; ' +
        'ls /opt/backup-syncd /opt/backup-syncd/node_modules; cat /etc/machine-id 2>/dev/null; ' +
        'touch /opt/backup-syncd/x /usr/local/bin/x /etc/backup-syncd/x; id -u';
      const { stdout, stderr } = await store.run(container, ['sh', '-c', script]);
      const lines = stdout.trim().split('\n');
      expect(lines.slice(0, 3)).toEqual([
        expect.stringMatching(/^restic 0\./),
        expect.stringMatching(/^rclone v1\./),
        expect.stringMatching(/^tini version/),
      ]);
      expect(lines.at(-1)).toBe(String(USER));
      expect(lines.filter((line) => /^(typescript|jest|playwright-core|tsx)$/.test(line))).toEqual(
        [],
      );
      expect(stderr.match(/Permission denied/g)).toHaveLength(3);
    });

    test('works for a user without a name, on a root that is read-only', async () => {
      const { repository, path } = await seedRepository('newest');
      const { at, port, volumes } = await makeHome(path);
      writeFileSync(at('etc/password'), resticPassword);
      writeFileSync(
        at('etc/clients/ahost.yaml'),
        'source: { directory: /srv/source, poll: 1s, password: { file: /etc/backup-syncd/password } }\n' +
          'backends: [{ name: nas, directory: /srv/nas, minFree: 0B }]\nexpect: { copies: 2 }\n',
      );
      const nobody = `${NAMELESS}:${NAMELESS}`;
      await runProcess('chown', ['-R', nobody, path, at('state'), at('nas'), at('etc/password')]);
      chmodSync(at('etc/password'), 0o600);
      const container = await store.create(IMAGE);
      const start = (...command: readonly string[]) =>
        store.startReadOnly(container, command, { user: nobody, volumes });
      const run = async (...command: readonly string[]) => {
        const running = start(...command);
        const { code } = await running.exited;
        return { code, output: running.output() };
      };
      const here = await run(
        'sh',
        '-c',
        'id -u; id -un; touch /x /opt/backup-syncd/x; touch /tmp/x',
      );
      expect(here.output).toMatch(/^54321$/m);
      expect(here.output).toMatch(/cannot find name for user ID 54321/);
      expect(here.output.match(/Read-only file system/g)).toHaveLength(2);

      const init = await run('backup-syncd', 'backend', 'init', '--same-disk', 'ahost', 'nas');
      expect(init).toMatchObject({ code: 0 });
      const daemon = start('tini', '-s', '--', 'backup-syncd', 'run');
      await daemon.waitForLine(/page and metrics at/);
      const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const untilComplete = (count: number) =>
        waitFor(
          async () =>
            (await scrape()).includes(
              `backup_syncd_backend_snapshots{client="ahost",backend="nas"} ${count}\n`,
            ),
          { what: `${count} snapshots` },
        );
      await untilComplete(2);
      const data = temporaryDirectory();
      writeFileSync(join(data, 'a'), 'something new');
      await repository.backup(data);
      await runProcess('chown', ['-R', nobody, path]);
      await untilComplete(3);
      terminate(daemon);
      await daemon.exited;
      expect(daemon.output()).toContain('"stopped"');
      // each names the person, runs a tool, or writes a directory
      for (const command of [
        ['pause', 'ahost', 'nas', '--until', '2h', '--reason', 'new disks'],
        ['resume', 'ahost', 'nas'],
        ['audit', 'ahost'],
        ['restore-check', 'ahost', '--backend', 'nas'],
      ]) {
        const { code, output } = await run('backup-syncd', ...command);
        expect(`${command.join(' ')}: ${code}\n${output}`).toContain(`${command.join(' ')}: 0\n`);
      }
      expect((await run('backup-syncd', 'status')).output).toContain('The client is fine');
      expect(statSync(at('nas/config')).uid).toBe(NAMELESS);
      expect(await checkReplica(at('nas'), 'newest')).toMatchObject({ ok: true });
    }, 600_000);

    test('replicates, is scraped and stops; a new container continues with the same state', async () => {
      const { repository, path } = await seedRepository('newest');
      const { home, at, port, volumes } = await makeHome(path);
      writeFileSync(
        at('etc/clients/ahost.yaml'),
        'source: { directory: /srv/source, poll: 1s }\nbackends: [{ name: nas, directory: /srv/nas, minFree: 0B }]\n',
      );
      await runProcess('chown', ['-R', `${USER}:${USER}`, path, at('state'), at('nas')]);
      chownSync(home, USER, USER);
      chmodSync(home, 0o755);
      // -s: buildah gives it no namespace of processes, so here it is not the first one
      const command = ['tini', '-s', '--', 'backup-syncd'];
      const first = await store.create(IMAGE);
      const made = await store.run(
        first,
        [...command, 'backend', 'init', '--same-disk', 'ahost', 'nas'],
        {
          volumes,
        },
      );
      expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });

      const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const health = ['node', '/opt/backup-syncd/dist/healthcheck.js'];
      for (const snapshots of [2, 3]) {
        const container = snapshots === 2 ? first : await store.create(IMAGE);
        expect((await store.run(container, health, { volumes })).code).not.toBe(0);
        // what buildah itself answers when its command was ended from outside says nothing
        const told = ['sh', '-c', '"$@"; echo "ended with $?"', 'sh', ...command, 'run'];
        const daemon = store.start(container, told, { volumes });
        await daemon.waitForLine(/page and metrics at/);
        await waitFor(
          async () =>
            (await scrape()).includes(
              `backup_syncd_backend_snapshots{client="ahost",backend="nas"} ${snapshots}\n`,
            ),
          { what: `${snapshots} snapshots` },
        );
        expect(await scrape()).toContain('backup_syncd_tool_info{tool="restic"');
        expect(await store.run(container, health, { volumes })).toMatchObject({
          code: 0,
          stderr: '',
        });
        if (snapshots === 2) {
          const data = temporaryDirectory();
          writeFileSync(join(data, 'a'), 'something new');
          // killed at once with all that belongs to it, so nothing was let go
          daemon.killGroup('SIGKILL');
          await daemon.exited;
          await waitFor(
            () =>
              scrape().then(
                () => false,
                () => true,
              ),
            { what: 'its end' },
          );
          await repository.backup(data);
          await runProcess('chown', ['-R', `${USER}:${USER}`, path]);
        } else {
          terminate(daemon);
          await daemon.exited;
          expect(daemon.output()).toContain('"stopped"');
          expect(daemon.output()).toContain('ended with 0\n');
        }
      }
      expect(statSync(at('nas/config')).uid).toBe(USER);
      expect(readdirSync(at('state')).filter((name) => name === 'writer-id')).toHaveLength(1);
      expect(wrongObjects(at('nas'))).toEqual([]);
      expect(await checkReplica(at('nas'), 'newest')).toMatchObject({ ok: true });
    }, 600_000);
  },
);

/** The directories of a container whose source is at `path`, and a port that its daemon has. */
async function makeHome(path: string) {
  const home = temporaryDirectory();
  const at = (name: string) => join(home, name);
  for (const name of ['etc/clients', 'state', 'nas']) mkdirSync(at(name), { recursive: true });
  const port = await freePort();
  writeFileSync(at('etc/backup-syncd.yaml'), `listen: 0.0.0.0:${port}\n`);
  const volumes = [
    `${at('etc')}:/etc/backup-syncd:ro`,
    `${path}:/srv/source:ro`,
    `${at('nas')}:/srv/nas`,
    `${at('state')}:/var/lib/backup-syncd`,
  ];
  return { home, at, port, volumes };
}
