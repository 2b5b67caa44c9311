import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { initialBackend } from '../../../src/facts/initial.ts';
import type { InspectOptions } from '../../../src/backends/backend.ts';
import { createMarker, writeMarker } from '../../../src/backends/marker.ts';
import { RawBackend } from '../../../src/backends/raw-backend.ts';
import { RawSender } from '../../../src/work/sync/raw-sender.ts';
import { DirectoryLocation } from '../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../src/locations/directory/io/file-pool.ts';
import { objectPath } from '../../../src/repository/names.ts';
import type { View } from '../../../src/repository/view.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import type { MemoryLocation } from '../../support/memory-location.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { backup, NEVER, repository, viewOf } from '../replication/fixtures.ts';

const owner = { client: 'ahost', backend: 'nas', writer: 'here' };
const pool = new FilePool();
onCleanUp(() => pool.close());

/** A complete replica in a real directory that has not changed for long, inspected until all of it is known. */
async function lookedAt() {
  const { source } = repository(backup(1, 2, 3, 4, 5, 6), backup(7, 8, 9));
  const view = await viewOf(source);
  const root = replicaOf(source);
  const location = new DirectoryLocation({ root, role: 'backend', pool });
  const baselineAt = new Date(0).toISOString();
  await writeMarker(location, { ...createMarker(owner, 0, null), baselineAt }, { signal: NEVER });
  const backend = new RawBackend({ location, isRemote: false, owner });
  const sender = new RawSender(backend);
  const look = async (how: Partial<InspectOptions> = {}) => {
    const isIdle = sender.isIdle(how.view ?? view);
    await backend.inspect({ ...lookOptions(source, view), isIdle, ...how });
    return sender.work(how.view ?? view).objects; // that are known to be missing
  };
  await look();
  await look();
  return { root, view, look };
}

function lookOptions(source: MemoryLocation, view: View): InspectOptions {
  return {
    view,
    source,
    signal: NEVER,
    now: 0,
    wanted: 'poll',
    isIdle: false,
    configSha256: view.configSha256,
    remembered: initialBackend(0),
  };
}

function replicaOf({ place }: MemoryLocation): string {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.backup-syncd'));
  for (const path of place.paths().filter((each) => !each.startsWith('locks/'))) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), place.content(path) ?? '');
    if (path !== 'config') utimesSync(join(root, dirname(path)), 1e9, 1e9);
  }
  return root;
}

function aPack({ objects }: View): string {
  const [first] = objects.data.entries();
  return objectPath('data', first?.id ?? '');
}

test('a lost pack is found at the next look', async () => {
  const { root, view, look } = await lookedAt();
  rmSync(join(root, aPack(view)));
  expect(await look()).toBe(1);
});

test.each(['index', 'snapshots', 'keys'] as const)(
  'what is lost in %s is found together with what is lost in data',
  async (kind) => {
    const { root, view, look } = await lookedAt();
    const [first] = view.objects[kind].entries();
    rmSync(join(root, aPack(view)));
    rmSync(join(root, kind, first?.id ?? ''));
    expect(await look()).toBe(2);
  },
);

test('objects that were put back count at once', async () => {
  const { root, view, look } = await lookedAt();
  const pack = join(root, aPack(view));
  rmSync(pack);
  expect(await look()).toBe(1);
  writeFileSync(pack, 'x'.repeat(view.objects.data.sizeOf(pack.split('/').at(-1) ?? '') ?? 0));
  expect(await look()).toBe(0);
});
