import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import type { SeededRepository } from '../support/restic.ts';
import { describeWithTools } from '../support/tools.ts';
import { setUpDisk, testRcloneSource } from '../suites/rclone-source.ts';

/** Changes one byte of one pack; answers its path in the repository. */
function spoilPack({ path }: SeededRepository): string {
  const pack = objectsOf(path).find((object) => object.startsWith('data/')) ?? '';
  const file = join(path, pack);
  const content = readFileSync(file);
  content.writeUInt8(content.readUInt8(10) ^ 1, 10);
  chmodSync(file, 0o600);
  writeFileSync(file, content);
  return pack;
}

testRcloneSource([['debian12', 'far']]);

describeWithTools(['newest/restic', 'newest/rclone'], 'an rclone source', () => {
  test('a damaged object is named and does not reach a directory, and what needs it is withheld', async () => {
    const { seed, syncd, env, replica } = await setUpDisk('newest');
    const pack = spoilPack(seed);

    const { backends } = await syncd.syncHere(['ahost'], env);

    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'source_corrupt' }]);
    expect(backends[0]?.message).toContain(basename(pack));
    expect(objectsOf(replica)).not.toContain(pack);
    expect(objectsOf(replica).filter((path) => path.startsWith('data/'))).not.toEqual([]);
    expect(wrongObjects(replica)).toEqual([]);
    expect(visibleSnapshots(replica)).toEqual([]);
  });
});
