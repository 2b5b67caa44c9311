import { renameSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { objectsOf } from '../support/replica.ts';
import { describeWithTools } from '../support/tools.ts';
import { setUpDisk, testRcloneSource } from '../suites/rclone-source.ts';

testRcloneSource([
  ['debian12', 'far'],
  ['newest', 'same'],
]);

describeWithTools(['newest/restic', 'newest/rclone'], 'an rclone source', () => {
  test('the source goes away and comes back; the replica stays as it is', async () => {
    const { seed, syncd, env, replica } = await setUpDisk('newest');
    const daemon = await syncd.start(['run'], { env });
    await daemon.untilComplete('nas', 2);
    const before = objectsOf(replica);

    renameSync(seed.path, `${seed.path}.away`);
    const away = await daemon.untilSource(({ state }) => state === 'missing');
    expect(away.message).toContain('far:repository');
    const { backends } = await syncd.syncHere(['ahost'], env);
    expect(backends).toMatchObject([{ outcome: 'nothing' }]);
    expect(objectsOf(replica)).toEqual(before);

    renameSync(`${seed.path}.away`, seed.path);
    await daemon.untilComplete('nas', await seed.repository.backup(seed.data));
    expect((await daemon.client()).source.state).toBe('ok');
  });
});
