import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { mountForgetful, type ForgetfulOptions } from '../support/forgetful.ts';
import { addPacks } from '../support/many-objects.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { createRandom } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';
/** More files than are synced one by one. */
const MANY = 60;

async function bigRepository(): Promise<string> {
  const { path } = await seedRepository(generation);
  addPacks(path, MANY);
  return path;
}

async function expectSound(replica: string): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  const canBeOpened = objectsOf(replica).some((path) => path.startsWith('keys/'));
  if (!canBeOpened) return;
  expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
}

async function expectWhole(replica: string, source: string): Promise<void> {
  expect(objectsOf(replica)).toEqual(objectsOf(source));
  expect(existsSync(join(replica, '.backup-syncd', 'backend.json'))).toBe(true);
  await expectSound(replica);
}

/** A backend on a disk that forgets, made by `backend init`. */
async function onForgetfulDisk(source: string, options?: ForgetfulOptions) {
  const disk = await mountForgetful(options);
  const near = join(disk.path, 'backups', 'ahost');
  const syncd = await Syncd.create({ source, backends: { near } });
  return { disk, syncd, near, below: (image: string) => join(image, 'backups', 'ahost') };
}

describeWithTools(['newest/restic', 'forgetful'], 'a power cut on FUSE', () => {
  test('just after "complete" loses nothing, and before it nothing that is visible', async () => {
    const source = await bigRepository();
    const { disk, syncd, below } = await onForgetfulDisk(source);
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    const { image, changes } = await disk.cut();
    await expectWhole(below(image), source);

    const random = createRandom(7);
    const cutAt = Array.from({ length: 6 }, () => 1 + Math.floor(random() * changes));
    const again = await onForgetfulDisk(source, { cutAt, seed: 7 });
    expect(await again.syncd.sync()).toMatchObject({ code: 0 });
    const { images } = await again.disk.cut();
    expect(images.length).toBeGreaterThan(3);
    for (const cut of images.map(again.below).filter((path) => existsSync(path)))
      await expectSound(cut);
  });

  test('an object that a killed pass had named counts only when its name is durable', async () => {
    const source = await bigRepository();
    const { disk, syncd, near, below } = await onForgetfulDisk(source);
    const [pack = ''] = objectsOf(source).filter((path) => path.startsWith('data/'));
    mkdirSync(dirname(join(near, pack)), { recursive: true });
    copyFileSync(join(source, pack), join(near, pack));
    const fd = openSync(join(near, pack), 'r');
    fsyncSync(fd);
    closeSync(fd);
    const { backends } = await syncd.sync();
    expect(backends[0]?.sent.objects).toBe(objectsOf(source).length - 1);
    const { image } = await disk.cut();
    await expectWhole(below(image), source);
  });

  test('after a failed write, a later successful fsync is not trusted', async () => {
    const source = await bigRepository();
    const failSyncs = [30, 60, 95, 130];
    const { disk, syncd, below } = await onForgetfulDisk(source, { failSyncs });
    const codes: (number | null)[] = [];
    for (let i = 0; i <= failSyncs.length && codes.at(-1) !== 0; i++) {
      const { code, backends } = await syncd.sync();
      codes.push(code);
      if (code !== 0)
        expect(backends[0]).toMatchObject({
          reason: 'unreachable',
          message: expect.stringContaining('EIO') as unknown,
        });
    }
    expect(codes.at(-1)).toBe(0);
    expect(codes.length).toBeGreaterThan(1);
    const { image, syncs } = await disk.cut();
    expect(syncs).toBeGreaterThan(Math.max(...failSyncs));
    await expectWhole(below(image), source);
  });
});

describeWithTools(['newest/restic', 'fuse'], 'a pass-through file system', () => {
  test('is filled one by one', async () => {
    const source = await bigRepository();
    const { path } = await mountPassthrough();
    const near = join(path, basename(source));
    const syncd = await Syncd.create({ source, backends: { near } });
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    await expectWhole(near, source);
  });
});
