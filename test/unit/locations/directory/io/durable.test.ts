import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../../src/locations/directory/io/file-pool.ts';
import { temporaryDirectory } from '../../../../support/temp.ts';

const { signal } = new AbortController();
/** Two threads, as two processes have them. */
const pools = [new FilePool(), new FilePool()];

afterAll(() => Promise.all(pools.map((pool) => pool.close())));

test('two writers of one file do not get in each other’s way', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.backup-syncd'));
  const places = pools.map((pool) => new DirectoryLocation({ root, pool, role: 'backend' }));
  const texts = ['one\n', 'two\n'];

  for (let round = 0; round < 200; round++)
    await Promise.all(
      places.map((place, i) =>
        place.write('.backup-syncd/backend.json', Buffer.from(texts[i] ?? ''), { signal }),
      ),
    );

  const directory = join(root, '.backup-syncd');
  expect(texts).toContain(readFileSync(join(directory, 'backend.json'), 'utf8'));
  expect(readdirSync(directory)).toEqual(['backend.json']);
});

test('what a killed writer left is removed after an hour, and nothing else', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.backup-syncd'));
  const at = (name: string) => join(root, '.backup-syncd', name);
  const [old, fresh, other] = [
    at('.backend.json.0123456789ab.new'),
    at('.backend.json.ba9876543210.new'),
    at('.backend.json.new'),
  ];
  for (const path of [old, fresh, other]) writeFileSync(path, '');
  const then = Date.now() / 1000 - 2 * 3600;
  for (const path of [old, other]) utimesSync(path, then, then);

  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const place = new DirectoryLocation({ root, pool, role: 'backend' });
  await place.write('.backup-syncd/backend.json', Buffer.from('{}'), { signal });

  expect([old, fresh, other].map((path) => existsSync(path))).toEqual([false, true, true]);
});

test('a write that fails leaves nothing behind', async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.backup-syncd/backend.json/in-the-way'), { recursive: true });
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const place = new DirectoryLocation({ root, pool, role: 'backend' });

  const written = place.write('.backup-syncd/backend.json', Buffer.from('{}'), { signal });

  await expect(written).rejects.toThrow();
  expect(readdirSync(join(root, '.backup-syncd'))).toEqual(['backend.json']);
});
