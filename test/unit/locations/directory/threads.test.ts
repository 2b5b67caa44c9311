import { closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../src/locations/directory/io/file-pool.ts';
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

test('hashing a large file notices that it is cancelled, and its place can be asked at once', async () => {
  const { pool, root, location } = places({ silenceMs: 1500 });
  mkdirSync(join(root, 'data/ab'), { recursive: true });
  hugeFile(root);
  const controller = new AbortController();

  const verified = location.verify('data', Catalogue.from([[ID, HUGE]]), controller);
  void sleep(1000).then(() => controller.abort());

  await expect(verified).rejects.toThrow('aborted');
  await location.stat('data', [ID], { signal: NEVER });
  expect(await pool.close()).toBe(true);
});
