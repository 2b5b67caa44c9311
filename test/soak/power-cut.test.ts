import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountForgetful, type ForgetfulOptions } from '../support/forgetful.ts';
import { makeExt4, mountFile } from '../support/loop-disk.ts';
import { addPacks } from '../support/many-objects.ts';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import { seedRepository, type SeededRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';
const MEBIBYTE = 1024 * 1024;

async function bigRepository(): Promise<SeededRepository> {
  const seeded = await seedRepository(generation);
  addPacks(seeded.path, 150);
  return seeded;
}

/** Fills a backend below a directory, makes one more snapshot, and sends that too. */
async function replicate({ repository, path, data }: SeededRepository, disk: string) {
  const syncd = await Syncd.create({ source: path, backends: { near: join(disk, 'ahost') } });
  expect(await syncd.sync()).toMatchObject({ code: 0 });
  changeTree(data);
  await repository.backup(data);
  expect(await syncd.sync()).toMatchObject({ code: 0 });
}

/** Whatever is visible has its bytes, and restic finds nothing missing. */
async function expectSound(replica: string): Promise<void> {
  if (!existsSync(replica)) return;
  expect(wrongObjects(replica)).toEqual([]);
  if (!objectsOf(replica).some((path) => path.startsWith('keys/'))) return;
  expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
}

/** Different ones between the first change and the last. */
function momentsUpTo(changes: number, count: number, random: () => number): number[] {
  const moments = new Set<number>();
  while (moments.size < Math.min(count, changes)) moments.add(1 + Math.floor(random() * changes));
  return [...moments].sort((a, b) => a - b);
}

describeWithTools(['newest/restic', 'forgetful'], 'power cuts on FUSE', () => {
  test('at 40 moments: visible snapshots are intact', async () => {
    const random = seededRandom('power cuts on FUSE');
    async function run(options: ForgetfulOptions) {
      const disk = await mountForgetful(options);
      await replicate(await bigRepository(), disk.path);
      return disk.cut();
    }
    const { changes } = await run({});
    const cutAt = momentsUpTo(changes, 40, random);
    const { image, images } = await run({ cutAt, seed: 1 + Math.floor(random() * 1e9) });
    expect(images.length).toBeGreaterThanOrEqual(30);
    for (const cut of images) await expectSound(join(cut, 'ahost'));
    expect(visibleSnapshots(join(image, 'ahost'))).toHaveLength(3);
    await expectSound(join(image, 'ahost'));
    countForSummary('power cuts', 'FUSE', images.length);
  }, 900_000);
});

/**
 * A disk with a volatile cache: ext4 in a loop device whose file lies on the forgetful file system. The loop device passes
 * each flush on as fsync, so a cut leaves all that was flushed before, and of the other blocks about half, in no order.
 * It proves that the order of our writes, through ext4 and its journal, is enough for a disk that keeps what it was told
 * to flush. It proves nothing about disks that lie about flushes, nor about writes that are torn within 4 KiB.
 */
describeWithTools(['newest/restic', 'forgetful', 'loop'], 'power cuts on ext4', () => {
  test('at 16 moments: after the journal replay, visible snapshots are intact', async () => {
    const random = seededRandom('power cuts on ext4');
    async function run(options: ForgetfulOptions) {
      const image = temporaryDirectory();
      await makeExt4(join(image, 'disk'), 64 * MEBIBYTE);
      const cache = await mountForgetful({ ...options, image });
      const disk = await mountFile(join(cache.path, 'disk'));
      await replicate(await bigRepository(), disk.path);
      const cut = await cache.cut(); // while it is mounted
      return cut;
    }
    const { changes } = await run({});
    const cutAt = momentsUpTo(Math.floor(changes * 0.9), 16, random);
    const { image, images } = await run({ cutAt, seed: 1 + Math.floor(random() * 1e9) });
    expect(images.length).toBeGreaterThanOrEqual(12);
    const seen: number[] = [];
    for (const cut of [...images, image]) {
      const disk = await mountFile(join(cut, 'disk'));
      const replica = join(disk.path, 'ahost');
      await expectSound(replica);
      seen.push(existsSync(replica) ? objectsOf(replica).length : 0);
      await disk.unmount();
      rmSync(cut, { recursive: true });
    }
    expect(new Set(seen).size).toBeGreaterThan(2); // the cuts hit different moments
    expect(seen.at(-1)).toBe(Math.max(...seen));
    countForSummary('power cuts', 'ext4', images.length);
  }, 900_000);
});
