import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { initialBackend } from '../../src/facts/initial.ts';
import { adopt, initialise } from '../../src/backends/initialise.ts';
import { RawBackend } from '../../src/backends/raw-backend.ts';
import { requireApart } from '../../src/backends/apart.ts';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { NO_OBJECTS } from '../../src/repository/objects.ts';
import { RemovableDisk } from '../support/bind-mount.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { treeOf } from '../support/tree.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

const { signal } = new AbortController();
const owner = { client: 'ahost', backend: 'nas', writer: 'here' };
const now = Date.parse('2026-11-28T12:00:00Z');
const NAME = 'a'.repeat(64);

function plantRepository(root: string): void {
  for (const kind of ['keys', 'data', 'index', 'snapshots']) mkdirSync(join(root, kind));
  writeFileSync(join(root, 'config'), 'config');
  writeFileSync(join(root, 'keys', NAME), 'key');
}

function places(sourceRoot: string, targetRoot: string) {
  return {
    source: new DirectoryLocation({ root: sourceRoot, role: 'source', pool }),
    target: new DirectoryLocation({ root: targetRoot, role: 'backend', pool }),
  };
}

test('a replica whose config is a hard link to the source’s is not adopted', async () => {
  const [source, target] = [temporaryDirectory(), temporaryDirectory()];
  plantRepository(source);
  linkSync(join(source, 'config'), join(target, 'config'));
  const before = treeOf(target);

  const adopted = adopt({ ...places(source, target), owner, now, signal });

  await expect(adopted).rejects.toThrow('shares the file config with the source');
  expect(treeOf(target)).toEqual(before);
});

describeWithTools(['newest/rclone'], 'with rclone', () => {
  test('a marker that is visible through the source is removed again', async () => {
    const root = temporaryDirectory();
    const source = new DirectoryLocation({ root, role: 'source', pool });
    const env = { PATH: pathWith('newest'), RCLONE_CONFIG_HERE_TYPE: 'local' };
    const target = new RcloneLocation({ remote: `here:${root}`, role: 'backend', env });

    const made = initialise({ source, target, owner, now, signal });

    await expect(made).rejects.toThrow('its marker is visible there');
    expect([...treeOf(root).values()].filter((entry) => entry.startsWith('file'))).toEqual([]);
  });
});

describeWithTools(['tmpfs'], 'with mounts', () => {
  test('a bind mount of the source, or a place below one, is refused, and nothing is written', async () => {
    const disk = new RemovableDisk();
    plantRepository(disk.contents);
    await disk.mount();
    const before = treeOf(disk.contents);
    const same = places(disk.contents, disk.path);
    const inside = places(disk.contents, join(disk.path, 'replica'));
    const outside = places(join(disk.path, 'keys'), disk.contents);

    await expect(adopt({ ...same, owner, now, signal })).rejects.toThrow('is the source');
    await expect(requireApart(inside, { signal })).rejects.toThrow('lies inside the source');
    await expect(requireApart(outside, { signal })).rejects.toThrow('contains the source');

    expect(treeOf(disk.contents)).toEqual(before);
  });

  test('a backend that was marked inside the source is refused at the first check', async () => {
    const disk = new RemovableDisk();
    plantRepository(disk.contents);
    const { target } = places(temporaryDirectory(), disk.contents);
    const elsewhere = new DirectoryLocation({ root: temporaryDirectory(), role: 'source', pool });
    writeFileSync(join(elsewhere.root, 'config'), 'config');
    await adopt({ source: elsewhere, target, owner, now, signal });
    await disk.mount();
    const { source } = places(disk.path, disk.contents);
    const backend = new RawBackend({ location: target, isRemote: false, owner });
    const view = { objects: NO_OBJECTS, configSha256: '' } as never;
    const look = { view, source, now, remembered: initialBackend(0) };
    const poll = { wanted: 'poll', isIdle: false } as const;

    const looked = backend.inspect({ ...look, ...poll, configSha256: undefined, signal });

    await expect(looked).rejects.toThrow('under another name');
  });
});
