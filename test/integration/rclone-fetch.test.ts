import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import type { Location } from '../../src/locations/location.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { objectPath } from '../../src/repository/names.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { writeRcloneConfig } from '../support/rclone.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const { signal } = new AbortController();
const LISTING = { signal, care: 'names' } as const;

/** Four packs at a remote: a good one, one that is damaged, one that is gone, and one that has grown since it was listed. */
function setUp() {
  const root = temporaryDirectory();
  const plant = (text: string, content = text) => {
    const id = createHash('sha256').update(text).digest('hex');
    const file = join(root, objectPath('data', id));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return { id, file };
  };
  const [good, damaged, gone] = [plant('good'), plant('fine', 'foul'), plant('gone')];
  const grown = plant('small', 'larger than that');
  rmSync(gone.file);
  const sizes: [string, number][] = [good, damaged, gone].map(({ id }) => [id, 4]);
  const objects = Catalogue.from([...sizes, [grown.id, 5]]);
  const configFile = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
    far: { type: 'alias', remote: root },
  });
  const env = { PATH: pathWith('newest') };
  const source = new RcloneLocation({ remote: 'far:', configFile, role: 'source', env });
  return { root, source, objects, good, damaged, gone, grown };
}

function openDirectory(root: string): Location {
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  return new DirectoryLocation({ root, role: 'backend', pool });
}

const HOW = { signal, minFreeBytes: 0, onProgress: () => undefined };

describeWithTools(['newest/rclone'], 'objects of a remote source', () => {
  test('only objects that match their names are placed, the others are classified, and nothing is left behind', async () => {
    const { source, objects, good, damaged, gone, grown } = setUp();
    const root = temporaryDirectory();
    mkdirSync(join(root, '.backup-syncd', 'tmp', '0123456789ab', 'data'), { recursive: true });
    const target = openDirectory(root);
    await target.sweep({ signal });

    const receipt = await target.receive({ source, kind: 'data', objects }, HOW);

    expect([...receipt.placed.entries()]).toEqual([{ id: good.id, size: 4 }]);
    expect(receipt.corrupt).toMatchObject([{ id: damaged.id }]);
    expect([...receipt.vanished].sort()).toEqual([gone.id, grown.id].sort());
    expect(receipt.failure).toBeUndefined();
    expect((await target.list('data', LISTING)).objects.count).toBe(1);
    expect(readdirSync(join(root, '.backup-syncd', 'tmp'))).toEqual([]);
  });

  test('nothing is created if the disk is not mounted', async () => {
    const { source, objects } = setUp();
    const root = temporaryDirectory();
    const target = openDirectory(root);

    const received = target.receive({ source, kind: 'data', objects }, HOW);

    await expect(received).rejects.toMatchObject({ reason: 'not_initialised' });
    expect(readdirSync(root)).toEqual([]);
  });

  test('a source that is away is not the fault of the backend', async () => {
    const { root, source, objects } = setUp();
    const target = temporaryDirectory();
    mkdirSync(join(target, '.backup-syncd', 'tmp'), { recursive: true });
    rmSync(root, { recursive: true });
    const looked = source.list('snapshots', LISTING);

    await expect(looked).rejects.toMatchObject({ reason: 'source_unavailable' });
    const receipt = await openDirectory(target).receive({ source, kind: 'data', objects }, HOW);
    expect(receipt.placed.count).toBe(0);
    expect(existsSync(join(target, 'data'))).toBe(false);
  });

  test('an unchanged listing is the same object, with its sizes, and nothing is written (I12)', async () => {
    const { source, good } = setUp();

    const [first, second] = [
      await source.list('data', LISTING),
      await source.list('data', LISTING),
    ];

    expect(second.objects.shards.every((shard, i) => shard === first.objects.shards[i])).toBe(true);
    expect(first.objects.sizeOf(good.id)).toBe(4);
    await expect(source.write('config', Buffer.from('x'), { signal })).rejects.toThrow(/read-only/);
  });
});
