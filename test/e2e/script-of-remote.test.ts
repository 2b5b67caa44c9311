import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { NotingScript } from '../support/noting-script.ts';
import { farSource, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica, foreignFiles, objectsOf, visibleSnapshots } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd, type ClientSettings } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import {
  describeWithTools,
  generations,
  pathWith,
  projectDirectory,
  type Generation,
} from '../support/tools.ts';

type Keys = NonNullable<ClientSettings['remotes']>[string];

const RCLONE_COPY = join(projectDirectory, 'deploy', 'scripts', 'rclone_copy');

/** A client whose repository is on this disk, and reached by rclone only. */
async function setUp(generation: Generation, keys: (rcloneConfig: string) => Keys) {
  const seed = await seedRepository(generation);
  const source = farSource(seed.path);
  const syncd = new Syncd();
  syncd.writeClient('ahost', {
    source,
    backends: [],
    remotes: { own: keys(source.rcloneConfig) },
  });
  return { seed, syncd, env: { PATH: pathWith(generation) } };
}

function copying(rcloneConfig: string, replica: string): Keys {
  return {
    script: ['/usr/bin/env', `RCLONE_CONFIG=${rcloneConfig}`, RCLONE_COPY, replica],
    verify: { directory: replica },
  };
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'],
  'a script backend of a repository at a remote',
  () => {
    test('gets the remote, and what came and went there', async () => {
      const script = new NotingScript();
      const { seed, syncd, env } = await setUp('newest', () => ({ script: [script.path] }));
      const old = visibleSnapshots(seed.path);
      const secret = { RCLONE_CONFIG_FAR_PASS: 'secret-of-the-daemon', ...env };

      const { backends } = await syncd.sync(['ahost'], { env: secret });

      expect(backends).toMatchObject([{ outcome: 'unverified' }]);
      expect(script.lines(0, 'added')).toEqual(old);
      expect(script.lines(0, 'removed')).toEqual([]);
      expect(JSON.parse(script.read(0, 'stdin'))).toEqual({
        schemaVersion: 1,
        client: 'ahost',
        backend: 'own',
        source: 'far:repository',
        added: old,
        removed: [],
      });
      const given = script.read(0, 'env').split('\n');
      expect(given).toContain('BACKUP_SYNCD_SOURCE=far:repository');
      expect(given.filter((line) => /^RCLONE|secret/.test(line))).toEqual([]);

      const [gone = ''] = old;
      await seed.repository.forget([gone.slice('snapshots/'.length)]);
      const id = await seed.repository.backup(seed.data);
      await syncd.syncHere(['ahost'], env);

      expect(script.lines(1, 'added')).toEqual([`snapshots/${id}`]);
      expect(script.lines(1, 'removed')).toEqual([gone]);
    });

    test.each(generations)(
      '%s: verify shows what the script left there, even when the source is away',
      async (generation) => {
        const replica = join(temporaryDirectory(), 'replica');
        const { seed, syncd, env } = await setUp(generation, (conf) => copying(conf, replica));
        const sync = async () => (await syncd.syncHere(['ahost'], env)).backends;

        expect(await sync()).toMatchObject([{ outcome: 'complete' }]);
        expect(objectsOf(replica)).toEqual(objectsOf(seed.path));
        expect(foreignFiles(replica)).toEqual([]);
        expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({
          ok: true,
        });
        expect(await sync()).toMatchObject([{ outcome: 'nothing' }]);

        rmSync(join(replica, 'data'), { recursive: true });
        renameSync(seed.path, `${seed.path}.away`);
        expect(await sync()).toMatchObject([{ outcome: 'nothing' }]); // and the script is not run
        expect(objectsOf(replica).filter((path) => path.startsWith('data/'))).toEqual([]);

        renameSync(`${seed.path}.away`, seed.path);
        expect(await sync()).toMatchObject([{ outcome: 'complete' }]);
        const id = await seed.repository.backup(seed.data);
        expect(await sync()).toMatchObject([{ outcome: 'complete', published: [id] }]);
        expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
      },
    );

    test('rclone_copy: a remote without a path is read from its own root, not from the root of its server', async () => {
      const seed = await seedRepository('newest');
      const disk = { type: 'local' }; // begins in the working directory, as SFTP does in a home directory
      const conf = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), { disk });
      const replica = join(temporaryDirectory(), 'replica');
      const syncd = new Syncd();
      syncd.writeClient('ahost', {
        source: { rclone: 'disk:', rcloneConfig: conf },
        backends: [],
        remotes: { own: copying(conf, replica) },
      });

      const { backends } = await syncd.sync(['ahost'], {
        cwd: seed.path,
        env: { PATH: pathWith('newest') },
      });

      expect(backends).toMatchObject([{ outcome: 'complete' }]);
      expect(await checkReplica(replica, 'newest')).toMatchObject({ ok: true });
    });
  },
);
