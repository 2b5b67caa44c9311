import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startMinio } from '../support/minio.ts';
import { checkReplica, foreignFiles, objectsOf, wrongObjects } from '../support/replica.ts';
import { startRestServer } from '../support/rest-server.ts';
import { ResticRepository } from '../support/restic.ts';
import { changeTree, createTree, treeDifferences } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** How restic writes to a source. */
export type Way = 'local' | 'rest-server' | 'minio';

/** A new repository that restic writes to in a certain way, and the directory that it is in. */
async function createRepository(
  generation: Generation,
  way: Way,
): Promise<{ repository: ResticRepository; path: string }> {
  if (way === 'rest-server') {
    const server = await startRestServer();
    const url = server.repositoryUrl('ahost');
    const repository = await ResticRepository.create({ generation, url });
    return { repository, path: join(server.directory, 'ahost') };
  }
  if (way === 'minio') {
    const minio = await startMinio();
    const url = minio.repositoryUrl('backups', 'ahost');
    const repository = await ResticRepository.create({ generation, url, env: minio.env });
    return { repository, path: join(minio.directory, 'backups', 'ahost') };
  }
  const path = join(temporaryDirectory(), 'repository');
  return { repository: await ResticRepository.create({ generation, path }), path };
}

/** A replica is whole, and each of these snapshots restores to the tree that was backed up. */
export async function expectWhole(
  replica: string,
  generation: Generation,
  snapshots: Readonly<Record<string, string>>,
): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  expect(foreignFiles(replica)).toEqual([]);
  const check = await checkReplica(replica, generation, { readData: true });
  expect(check).toMatchObject({ ok: true });
  const opened = ResticRepository.open({ generation, path: replica, noLock: true });
  for (const [snapshot, tree] of Object.entries(snapshots)) {
    const restored = temporaryDirectory();
    await opened.restore(restored, snapshot);
    expect(await treeDifferences(tree, restored)).toEqual([]);
  }
}

const requirement = { local: [], 'rest-server': ['rest-server'], minio: ['minio'] } as const;

/** Backs up twice, and holds two replicas against the source and against what was backed up. */
export function testWrittenBy(generation: Generation, way: Way): void {
  describeWithTools(
    [`${generation}/restic`, ...requirement[way]],
    `restic of ${generation}, writing by way of ${way}`,
    () => {
      test('two replicas are intact and restore what was backed up', async () => {
        const { repository, path } = await createRepository(generation, way);
        const [first, second] = [temporaryDirectory(), temporaryDirectory()];
        createTree(first);
        createTree(second);
        changeTree(second);
        const one = await repository.backup(first);
        const syncd = await Syncd.create({ source: path, backends: ['near', 'far'] });
        expect(await syncd.syncHere()).toMatchObject({
          code: 0,
          backends: [
            { outcome: 'complete', published: [one] },
            { outcome: 'complete', published: [one] },
          ],
        });
        const two = await repository.backup(second);
        const later = await syncd.syncHere();
        expect(later).toMatchObject({ code: 0 });
        expect(later.backends.map(({ published }) => published)).toEqual([[two], [two]]);
        for (const backend of ['near', 'far']) {
          const replica = syncd.backend(backend);
          expect(objectsOf(replica)).toEqual(objectsOf(path));
          await expectWhole(replica, generation, { [one]: first, [two]: second });
        }
        expect((await syncd.syncHere()).backends.map(({ sent }) => sent.objects)).toEqual([0, 0]);
      });
    },
  );
}
