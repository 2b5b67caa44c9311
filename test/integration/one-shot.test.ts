import { readdirSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools } from '../support/tools.ts';

/** Makes every directory of a repository look as if nothing had changed in it for long, so that its listing is kept. */
function age(repository: string): void {
  const anHourAgo = Date.now() / 1000 - 3_600;
  const shards = readdirSync(join(repository, 'data')).map((shard) => join('data', shard));
  for (const path of ['keys', 'index', 'snapshots', ...shards]) {
    utimesSync(join(repository, path), anHourAgo, anHourAgo);
  }
}

describeWithTools(['newest/restic'], 'passes that are processes of their own', () => {
  test('what changed since the last one is seen, though its listings are remembered', async () => {
    const { repository, path, data } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const replica = syncd.backend('near');
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    age(path);
    age(replica);
    expect(await syncd.sync()).toMatchObject({ code: 0, backends: [{ outcome: 'nothing' }] });

    const [shard = ''] = readdirSync(join(replica, 'data'));
    const [pack = ''] = readdirSync(join(replica, 'data', shard));
    rmSync(join(replica, 'data', shard, pack));
    changeTree(data, { seed: 5 });
    const newest = await repository.backup(data);
    expect(await syncd.sync()).toMatchObject({
      code: 0,
      backends: [{ outcome: 'complete', published: [newest] }],
    });

    expect(objectsOf(replica)).toEqual(objectsOf(path));
    expect(await checkReplica(replica, 'newest', { readData: true })).toMatchObject({ ok: true });
  });

  test('a damaged state file is moved aside, with a message', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    truncateSync(join(syncd.stateDir, 'ahost.json'), 100);

    const { code, stderr } = await syncd.sync();

    expect(code).toBe(0);
    const [kept = ''] = readdirSync(syncd.stateDir).filter((name) => name.includes('damaged'));
    expect(stderr).toContain(
      `ahost: the state file was damaged and is now ${join(syncd.stateDir, kept)}`,
    );
  });

  test('a damaged memory of listings is ignored', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    const files = readdirSync(syncd.stateDir).filter((name) => name.endsWith('.listings'));
    expect(files).toHaveLength(1);
    truncateSync(join(syncd.stateDir, files[0] ?? ''), 100);

    expect(await syncd.sync()).toMatchObject({ code: 0, backends: [{ outcome: 'nothing' }] });
  });
});
