import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startMinio } from '../support/minio.ts';
import { runProcess } from '../support/process.ts';
import { startRestServer } from '../support/rest-server.ts';
import { objectsOf } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree, createTree, treeDifferences } from '../support/sample-data.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, pathWith, tool } from '../support/tools.ts';

/** Holds data, no trees: restic looks for a missing tree for minutes. */
function biggestPack(repository: string): string {
  const packs = objectsOf(repository)
    .filter((path) => path.startsWith('data/'))
    .sort((a, b) => statSync(join(repository, b)).size - statSync(join(repository, a)).size);
  return packs[0] ?? '';
}

for (const generation of generations) {
  describeWithTools([`${generation}/restic`], `restic of ${generation}`, () => {
    test('init, backup, tag, forget, prune, check, restore', async () => {
      const [path, data] = [join(temporaryDirectory(), 'r'), temporaryDirectory()];
      const repository = await ResticRepository.create({ generation, path });
      createTree(data);
      const first = await repository.backup(data, { tags: ['one'] });
      expect(first).toMatch(/^[0-9a-f]{64}$/);
      changeTree(data);
      const second = await repository.backup(data);
      await repository.tag(['--add', 'two', second]);
      await repository.forget([first]);
      await repository.prune();
      const snapshots = await repository.snapshots();
      expect(snapshots.map(({ tags }) => tags)).toEqual([['two']]);
      expect(readdirSync(join(path, 'snapshots'))).toEqual(snapshots.map(({ id }) => id));
      expect(await repository.check({ readData: true })).toMatchObject({ ok: true });
      const restored = temporaryDirectory();
      await repository.restore(restored);
      expect(await treeDifferences(data, restored)).toEqual([]);
    });

    test('seeded repositories are whole copies, and damage shows', async () => {
      const { repository, path, data } = await seedRepository(generation);
      expect(await repository.snapshots()).toHaveLength(2);
      const restored = temporaryDirectory();
      await repository.restore(restored);
      expect(await treeDifferences(data, restored)).toEqual([]);
      const pack = biggestPack(path);
      await runProcess('rm', ['-f', join(path, pack)]);
      expect(await repository.check()).toMatchObject({ ok: false });
      const { path: other } = await seedRepository(generation);
      expect(existsSync(join(other, pack))).toBe(true);
    });
  });

  describeWithTools(
    [`${generation}/rclone`, `${generation}/restic`],
    `rclone of ${generation}`,
    () => {
      test('is found on the path and lists a directory', async () => {
        const directory = temporaryDirectory();
        writeFileSync(join(directory, 'a'), 'a');
        const env = { PATH: pathWith(generation), RCLONE_CONFIG: '/dev/null' };
        const { stdout, code } = await runProcess('rclone', ['lsf', directory], { env });
        expect({ stdout, code }).toEqual({ stdout: 'a\n', code: 0 });
        const version = await runProcess('rclone', ['version'], { env });
        expect(version.stdout).toMatch(generation === 'debian12' ? /v1\.60/ : /v1\.7\d/);
      });
    },
  );

  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    test('checks metrics', async () => {
      const input = '# HELP a_total A.\n# TYPE a_total counter\na_total 1\n';
      const args = ['check', 'metrics'];
      expect(await runProcess(tool('promtool', generation), args, { input })).toMatchObject({
        code: 0,
      });
    });
  });

  describeWithTools(
    [`${generation}/restic`, 'rest-server'],
    `rest-server with ${generation}`,
    () => {
      test('stores a repository as plain files', async () => {
        const server = await startRestServer();
        const url = server.repositoryUrl('ahost');
        const repository = await ResticRepository.create({ generation, url });
        const data = temporaryDirectory();
        createTree(data, { files: 3 });
        const id = await repository.backup(data);
        expect(await repository.check()).toMatchObject({ ok: true });
        expect(readdirSync(join(server.directory, 'ahost', 'snapshots'))).toEqual([id]);
        await server.stop();
      });
    },
  );

  describeWithTools([`${generation}/restic`, 'minio'], `MinIO with ${generation}`, () => {
    test.each(['fs', 'erasure'] as const)('the layout on disk in %s mode', async (mode) => {
      const minio = await startMinio({ mode });
      const url = minio.repositoryUrl('backups', 'ahost');
      const repository = await ResticRepository.create({ generation, url, env: minio.env });
      const data = temporaryDirectory();
      createTree(data, { files: 3 });
      const id = await repository.backup(data);
      expect(await repository.check()).toMatchObject({ ok: true });
      const drive = mode === 'fs' ? minio.directory : join(minio.directory, 'd1');
      const snapshot = join(drive, 'backups', 'ahost', 'snapshots', id);
      if (mode === 'fs') expect(statSync(snapshot).isFile()).toBe(true);
      else expect(readdirSync(snapshot)).toContain('xl.meta');
      expect(existsSync(join(drive, '.minio.sys'))).toBe(true);
    });
  });
}
