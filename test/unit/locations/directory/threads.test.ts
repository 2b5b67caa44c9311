import { closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../src/locations/directory/io/file-pool.ts';
import { FileThread } from '../../../../src/locations/directory/io/file-thread.ts';
import { Lane } from '../../../../src/locations/directory/io/lane.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const NEVER = new AbortController().signal;
const ID = 'ab'.repeat(32);
const HUGE = 32 * 2 ** 30;

function places(options: { readonly silenceMs?: number } = {}) {
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  const root = temporaryDirectory();
  const location = new DirectoryLocation({ root, role: 'source', pool, ...options });
  return { pool, root, location };
}

function hugeFile(root: string): string {
  const path = join(root, 'data/ab', ID);
  const fd = openSync(path, 'w');
  ftruncateSync(fd, HUGE); // sparse
  closeSync(fd);
  return path;
}

test('a thread that ends before it is needed is not waited for', async () => {
  const { pool, location } = places();
  pool.prepare(1);
  const { spare } = pool as unknown as { spare: readonly FileThread[] };
  await spare[0]?.end();

  const { objects } = await location.list('keys', {
    ...{ signal: NEVER, care: 'names' },
  });

  expect(objects.count).toBe(0);
});

test('a call that waits is answered, though the thread that was started for it ends before it runs', async () => {
  const { root } = places();
  mkdirSync(join(root, 'data/ab'), { recursive: true });
  const huge = hugeFile(root);
  let started = 0;
  const lane = new Lane(2, () => {
    const thread = new FileThread();
    if (++started === 2) void thread.end();
    return thread;
  });
  onCleanUp(() => lane.close());
  const how = { silenceMs: 60_000, owner: root };
  const controller = new AbortController();

  const long = lane.call(
    'verify',
    { root, paths: [huge.slice(root.length + 1)] },
    { ...how, signal: controller.signal },
  );
  const waiting = await lane.call('space', { root }, { ...how, signal: NEVER });

  expect(waiting.freeBytes).toBeGreaterThan(0);
  expect(started).toBe(3);
  controller.abort();
  await expect(long).rejects.toThrow('aborted');
});

test('hashing a large file notices that it is cancelled, and its place can be asked at once', async () => {
  const { pool, root, location } = places({ silenceMs: 1500 });
  mkdirSync(join(root, 'data/ab'), { recursive: true });
  hugeFile(root);
  const controller = new AbortController();

  const verified = location.verify('data', Catalogue.from([[ID, HUGE]]), controller);
  void sleep(1000).then(() => controller.abort());

  await expect(verified).rejects.toThrow('aborted');
  expect(pool.hasStuckThread).toBe(false);
  await location.stat('data', [ID], { signal: NEVER });
});
