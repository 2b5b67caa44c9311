import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf } from '../support/replica.ts';
import { startRestServer } from '../support/rest-server.ts';
import { ResticRepository } from '../support/restic.ts';
import { createTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

describeWithTools([`${generation}/restic`, 'rest-server'], 'a rest-server', () => {
  test('a repository that restic makes there becomes a client of the running daemon, and is replicated', async () => {
    const server = await startRestServer();
    const replicas = temporaryDirectory();
    const syncd = new Syncd({
      discover: { glob: `${server.directory}/*` },
      defaults: {
        source: { poll: '1s' },
        backends: [{ name: 'nas', directory: join(replicas, '{client}'), minFree: '0B' }],
      },
    });
    const daemon = await syncd.start();
    expect(await daemon.clients()).toEqual([]);
    const url = server.repositoryUrl('laptop');
    const repository = await ResticRepository.create({ generation, url });
    const tree = temporaryDirectory();
    createTree(tree);
    await repository.backup(tree);

    daemon.process.kill('SIGHUP');
    await waitFor(async () => (await daemon.clients()).length === 1, { what: 'a client' });
    await syncd.here(['backend', 'init', '--same-disk', '--all']);
    await daemon.until('nas', ({ snapshots }) => snapshots === 1, { client: 'laptop' });

    const replica = join(replicas, 'laptop');
    expect(objectsOf(replica)).toEqual(objectsOf(join(server.directory, 'laptop')));
    expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
  });
});
