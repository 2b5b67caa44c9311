import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf } from '../support/replica.ts';
import { ResticRepository, resticPassword, seedRepository } from '../support/restic.ts';
import { changeTree, createTree, treeDifferences } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';
import { expectWhole } from './written-by.ts';

/** Tests that replicas follow what a person does to a repository with restic. */
export function testLife(generation: Generation): void {
  describeWithTools([`${generation}/restic`], `the life of a repository, ${generation}`, () => {
    test('tag, forget and prune at the source: the replica keeps what it has, intact', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      const [old] = await repository.snapshots();
      const before = temporaryDirectory();
      await repository.restore(before, old?.id ?? '');
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      await repository.tag(['--add', 'kept', 'latest']);
      changeTree(data, { seed: 3 });
      const newest = await repository.backup(data);
      await repository.forget([old?.id ?? '']);
      await repository.prune(['--max-unused', '0']);
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      const kept = ResticRepository.open({ generation, path: replica, noLock: true });
      // the first, the second as it was and as it was tagged, the newest
      expect(await kept.snapshots()).toHaveLength(4);
      await expectWhole(replica, generation, { [old?.id ?? '']: before, [newest]: data });
    });

    test('a new key opens the replica; one that was removed at the source stays there', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      const password = 'another one';
      const passwordFile = join(temporaryDirectory(), 'password');
      writeFileSync(passwordFile, password);
      await repository.run(['key', 'passwd', '--new-password-file', passwordFile]);
      expect(await syncd.syncHere()).toMatchObject({
        code: 0,
        backends: [{ outcome: 'complete', sent: { objects: 1 } }],
      });
      expect(readdirSync(join(replica, 'keys'))).toHaveLength(2);
      for (const secret of [password, resticPassword]) {
        const restored = temporaryDirectory();
        const options = { generation, path: replica, noLock: true, password: secret };
        await ResticRepository.open(options).restore(restored);
        expect(await treeDifferences(data, restored)).toEqual([]);
      }
    });

    test('migrate at the source stops the backends until the new config is accepted', async () => {
      const path = join(temporaryDirectory(), 'repository');
      const plain = await ResticRepository.create({ generation, path }, [
        '--repository-version',
        '1',
      ]);
      const data = temporaryDirectory();
      createTree(data, { files: 4 });
      await plain.backup(data);
      const syncd = await Syncd.create({ source: path, backends: ['near', 'far'] });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      await plain.run(['migrate', 'upgrade_repo_v2']);
      changeTree(data, { files: 2 });
      const newest = await plain.backup(data);
      const before = objectsOf(syncd.backend('near'));
      const stopped = await syncd.syncHere();
      expect(stopped.code).toBe(1);
      expect((await syncd.here(['sync', 'ahost'])).stdout).toContain('backend accept-config');
      expect(objectsOf(syncd.backend('near'))).toEqual(before);
      expect(await checkReplica(syncd.backend('near'), generation)).toMatchObject({ ok: true });
      // the one that accepted goes on, the other does not
      const accept = (backend: string, ...args: readonly string[]) =>
        syncd.here(['backend', 'accept-config', 'ahost', backend, ...args]);
      expect(await accept('near')).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('--yes'),
      });
      const old = readFileSync(join(syncd.backend('near'), 'config'));
      const accepted = await accept('near', '--yes');
      expect(accepted).toMatchObject({ code: 0 });
      const kept = /saved as (\S+)/.exec(accepted.stdout)?.[1] ?? '';
      expect(readFileSync(kept)).toEqual(old);
      expect(await syncd.syncHere()).toMatchObject({
        code: 1,
        backends: [
          { backend: 'near', outcome: 'complete', published: [newest] },
          { backend: 'far', outcome: 'failed', reason: 'diverged' },
        ],
      });
      expect(await accept('far', '--yes')).toMatchObject({ code: 0 });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      for (const backend of ['near', 'far']) {
        expect(objectsOf(syncd.backend(backend))).toEqual(objectsOf(path));
        await expectWhole(syncd.backend(backend), generation, { [newest]: data });
      }
      // 'restic init' is run again: all other files stay, but no key opens them any more
      const inItsWay = generation === 'newest' ? ['snapshots'] : []; // since 0.17 it refuses snapshots
      for (const name of ['config', 'keys', ...inItsWay])
        rmSync(join(path, name), { recursive: true });
      await plain.run(['init']);
      expect((await syncd.syncHere()).code).toBe(1);
      expect((await syncd.syncHere()).code).toBe(1); // the second check confirms it
      const status = await syncd.here(['status']);
      expect(status).toMatchObject({
        code: 2,
        stdout: expect.stringMatching(/a different repository(.|\n)*Do not accept it/),
      });
      const refused = await accept('near', '--yes');
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/not accepted(.|\n)*keep it/),
      });
      await expectWhole(syncd.backend('near'), generation, { [newest]: data });
    });
  });
}
