import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeRcloneConfig } from '../support/rclone.ts';
import {
  checkReplica,
  foreignFiles,
  objectsOf,
  visibleSnapshots,
  wrongObjects,
} from '../support/replica.ts';
import { ResticRepository, resticPassword, seedRepository } from '../support/restic.ts';
import { startSshServer, writeSsh } from '../support/ssh-server.ts';
import { Syncd, type ClientSettings } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import {
  describeWithTools,
  generations,
  pathWith,
  projectDirectory,
  tool,
  toolEnvironment,
  type Generation,
} from '../support/tools.ts';

const scripts = join(projectDirectory, 'deploy', 'scripts');
const example = (name: string) => join(scripts, name);

function configure(source: string, keys: NonNullable<ClientSettings['remotes']>[string]): Syncd {
  const syncd = new Syncd();
  syncd.writeClient('ahost', { source, backends: [], remotes: { own: keys } });
  return syncd;
}

function program(path: string, text: string): string {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describeWithTools(['shellcheck'], 'the example scripts', () => {
  test('are as short as they can be, and shellcheck has nothing to say', () => {
    const names = readdirSync(scripts).filter((name) => name.endsWith('_copy'));

    expect(names).toHaveLength(3);
    execFileSync(tool('shellcheck'), names.map(example), { stdio: 'pipe' });
  });
});

describeWithTools(
  ['debian12/restic', 'newest/restic', 'debian12/rclone', 'newest/rclone'],
  'rclone_copy',
  () => {
    test.each(generations)(
      '%s: what it brings is whole, and verified there',
      async (generation) => {
        const seed = await seedRepository(generation);
        const replica = join(temporaryDirectory(), 'replica');
        const conf = join(temporaryDirectory(), 'rclone.conf');
        writeRcloneConfig(conf, { disk: { type: 'local' } });
        writeFileSync(join(seed.path, 'data', 'half-tmp-1'), 'unfinished');
        const remote = `disk:${replica}`;
        const syncd = configure(seed.path, {
          script: ['/usr/bin/env', `RCLONE_CONFIG=${conf}`, example('rclone_copy'), remote],
          verify: { rclone: remote, rcloneConfig: conf },
        });
        const env = { PATH: pathWith(generation) };

        expect((await syncd.syncHere(['ahost'], env)).backends).toMatchObject([
          {
            outcome: 'complete',
            published: visibleSnapshots(seed.path).map((path) => path.slice(10)),
          },
        ]);
        expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({
          ok: true,
        });
        expect(foreignFiles(replica)).toEqual([]);

        rmSync(join(replica, 'index'), { recursive: true }); // lost there, and brought again
        const again = await syncd.syncHere(['ahost'], env);
        expect(again.backends).toMatchObject([{ outcome: 'complete', sent: { objects: 2 } }]);
      },
    );
  },
);

describeWithTools(['newest/restic', 'rsync', 'sshd'], 'rsync_copy', () => {
  /** rsync and ssh as they are found on a server; the other half of rsync can be cut off while data come. */
  async function setUpSsh(replica: string) {
    const bin = temporaryDirectory();
    const path = [bin, process.env['PATH']].join(delimiter);
    const libraries = Object.entries(toolEnvironment('rsync')).map(([k, v]) => `${k}='${v}'`);
    const cut = join(bin, 'cut');
    program(
      join(bin, 'rsync'),
      `#!/bin/sh
export ${libraries.join(' ')}
if [ "$1" = --server ] && [ -e ${cut} ] && [ -d ${replica}/keys ]; then
  dd bs=4096 count=100 status=none | ${tool('rsync')} "$@"
  kill -9 $PPID
fi
exec ${tool('rsync')} "$@"
`,
    );
    writeSsh(join(bin, 'ssh'), await startSshServer(path));
    return { cut, command: ['/usr/bin/env', `PATH=${path}`, example('rsync_copy')] };
  }

  test('a copy over ssh is intact; cut off, it leaves no snapshot without its data', async () => {
    const seed = await seedRepository('newest');
    const replica = join(temporaryDirectory(), 'replica');
    const { cut, command } = await setUpSsh(replica);
    writeFileSync(cut, '');
    writeFileSync(join(seed.path, 'index', 'half-tmp-1'), 'unfinished');
    const syncd = configure(seed.path, {
      script: [...command, `nas:${replica}`],
      verify: { directory: replica },
    });

    const { backends } = await syncd.syncHere();
    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'tool' }]);
    expect(objectsOf(replica)).toContain('config');
    expect(wrongObjects(replica)).toEqual([]);
    expect(visibleSnapshots(replica)).toEqual([]);

    rmSync(cut);
    expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'complete' }]);
    expect(await checkReplica(replica, 'newest', { readData: true })).toMatchObject({ ok: true });
    expect(foreignFiles(replica)).toEqual([]);

    writeFileSync(join(seed.data, 'new'), 'something new');
    const id = await seed.repository.backup(seed.data);
    expect((await syncd.syncHere()).backends).toMatchObject([
      { outcome: 'complete', published: [id] },
    ]);
    expect(await checkReplica(replica, 'newest')).toMatchObject({ ok: true });
  });
});

describeWithTools(['newest/restic', 'rsync'], 'rsync_copy to a directory', () => {
  test('what is setgid in the source is not so there, because a service may not make it so', async () => {
    const seed = await seedRepository('newest');
    const replica = join(temporaryDirectory(), 'replica');
    execFileSync('find', [seed.path, '-type', 'd', '-exec', 'chmod', 'g+s', '{}', '+']);
    const bin = temporaryDirectory();
    const libraries = Object.entries(toolEnvironment('rsync')).map(([k, v]) => `${k}='${v}'`);
    program(join(bin, 'rsync'), `#!/bin/sh\n${libraries.join(' ')} exec ${tool('rsync')} "$@"\n`);
    const path = [bin, process.env['PATH']].join(delimiter);
    const script = ['/usr/bin/env', `PATH=${path}`, example('rsync_copy'), replica];
    const syncd = configure(seed.path, { script, verify: { directory: replica } });

    expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'complete' }]);
    const setgid = execFileSync('find', [replica, '-perm', '/2000'], { encoding: 'utf8' });
    expect(setgid).toBe('');
  });
});

describeWithTools(
  ['debian12/restic', 'newest/restic', 'debian12/rclone', 'newest/rclone'],
  'restic_copy',
  () => {
    async function twoRepositories(generation: Generation) {
      const seed = await seedRepository(generation);
      const directory = temporaryDirectory();
      const passwords = [join(directory, 'there'), join(directory, 'here')] as const;
      writeFileSync(passwords[0], 'another password');
      writeFileSync(passwords[1], resticPassword);
      const path = join(directory, 'copy');
      const copy = ResticRepository.open({ generation, path, password: 'another password' });
      const from = ['--from-repo', seed.path, '--from-password-file', passwords[1]];
      await copy.run(['init', '--copy-chunker-params', ...from]);
      return { seed, copy, arguments_: [path, ...passwords] };
    }
    const withPath = (generation: Generation) => [
      '/usr/bin/env',
      `PATH=${[dirname(tool('restic', generation)), process.env['PATH']].join(delimiter)}`,
    ];

    test.each(generations)(
      '%s: the snapshots are there, and nothing is claimed',
      async (generation) => {
        const { seed, copy, arguments_ } = await twoRepositories(generation);
        const script = [...withPath(generation), example('restic_copy'), ...arguments_];
        const syncd = configure(seed.path, { script });

        expect((await syncd.syncHere()).backends).toMatchObject([
          { outcome: 'unverified', published: [] },
        ]);
        expect(await copy.snapshots()).toHaveLength(2);
        expect(await copy.check()).toMatchObject({ ok: true });
      },
    );

    test('debian12: one that is stopped takes its lock of the source away', async () => {
      const { seed, copy, arguments_ } = await twoRepositories('debian12');
      const slow = program(
        join(temporaryDirectory(), 'slow'),
        [
          '#!/bin/sh',
          'export RESTIC_REPOSITORY="$1" RESTIC_PASSWORD_FILE="$2" RESTIC_FROM_PASSWORD_FILE="$3"',
          'restic copy --limit-upload 10 --from-repo "$BACKUP_SYNCD_SOURCE"',
          '',
        ].join('\n'),
      );
      const syncd = configure(seed.path, {
        script: [...withPath('debian12'), slow, ...arguments_],
      });
      // that of the other repository may stay while something is written there: a fault of restic 0.14
      const locks = (path: string) => readdirSync(join(path, 'locks')).length;
      const daemon = await syncd.start();
      await waitFor(() => locks(seed.path) === 1 && locks(copy.url) === 1, { what: 'both locks' });

      daemon.process.kill('SIGTERM');

      expect(await daemon.process.exited).toMatchObject({ code: 0 });
      expect(locks(seed.path)).toBe(0);
    });
  },
);
