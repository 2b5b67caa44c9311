import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { HASHED_KINDS } from '../../src/repository/names.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { viewOfDirectory } from './views.ts';
import { locationContract, type ContractPlace } from './location-contract.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

locationContract('directory', {
  makePlace: (role) => makePlace(temporaryDirectory(), role),
  missing: (role) =>
    new DirectoryLocation({ root: join(temporaryDirectory(), 'gone'), role, pool }),
  kinds: HASHED_KINDS,
  rounds: 40,
  many: 1_000,
  keepsTimes: true,
  tellsSpace: true,
  plantOdd({ location: { label: root } }, path, what) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (what === 'symlink') symlinkSync('/etc/hostname', place);
    else if (what === 'directory') mkdirSync(place);
    else execFileSync('mkfifo', [place]);
  },
});

function makePlace(root: string, role: 'source' | 'backend'): ContractPlace {
  const open = () => new DirectoryLocation({ root, role, pool });
  if (role === 'backend') mkdirSync(join(root, '.backup-syncd'));
  return { ...viewOfDirectory(root), location: open(), reopen: open };
}

test('data as a symbolic link is refused, not followed', async () => {
  const root = temporaryDirectory();
  const id = 'ab'.padEnd(64, '0');
  mkdirSync(join(root, 'elsewhere', 'ab'), { recursive: true });
  writeFileSync(join(root, 'elsewhere', 'ab', id), 'x');
  symlinkSync('elsewhere', join(root, 'data'));
  const location = new DirectoryLocation({ root, role: 'source', pool });
  const { signal } = new AbortController();

  const listing = await location.list('data', { signal, care: 'names' });

  expect(listing.objects.count).toBe(0);
  expect(listing.refused).toEqual(['data']);
});

test.each(['.backup-syncd', '.backup-syncd/tmp'])(
  '%s as a symbolic link: nothing of what it leads to is removed',
  async (link) => {
    const root = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    mkdirSync(join(elsewhere, 'tmp'));
    writeFileSync(join(elsewhere, 'tmp', 'mine'), 'x');
    if (link !== '.backup-syncd') mkdirSync(join(root, '.backup-syncd'));
    symlinkSync(link === '.backup-syncd' ? elsewhere : join(elsewhere, 'tmp'), join(root, link));
    const location = new DirectoryLocation({ root, role: 'backend', pool });

    await expect(location.sweep(new AbortController())).rejects.toThrow(
      'symbolic links are never followed',
    );

    expect(existsSync(join(elsewhere, 'tmp', 'mine'))).toBe(true);
  },
);

test('data that looks unchanged is the very same set, until it changes', async () => {
  const root = temporaryDirectory();
  const [old, fresh] = ['ab'.padEnd(64, '0'), 'cd'.padEnd(64, '0')];
  for (const directory of ['data', 'data/ab', 'data/cd']) mkdirSync(join(root, directory));
  writeFileSync(join(root, 'data', 'ab', old), 'x');
  for (const shard of ['ab', 'cd']) utimesSync(join(root, 'data', shard), 1e9, 1e9); // settled
  const location = new DirectoryLocation({ root, role: 'source', pool });
  const listing = { signal: new AbortController().signal, care: 'names' } as const;
  await location.list('data', listing);

  const before = await location.list('data', listing);
  const again = await location.list('data', listing);
  writeFileSync(join(root, 'data', 'cd', fresh), 'x');
  const after = await location.list('data', listing);

  expect(again.objects === before.objects).toBe(true);
  expect([...after.objects.entries()].map(({ id }) => id)).toEqual([old, fresh]);
});

test('what an unfinished pass named on a file system that cannot sync directories is read again', async () => {
  const root = temporaryDirectory();
  const place = makePlace(root, 'backend');
  const good = createHash('sha256').update('good').digest('hex');
  const cutShort = createHash('sha256').update('something longer').digest('hex');
  await place.plant(`index/${good}`, Buffer.from('good'));
  await place.plant(`index/${cutShort}`, Buffer.from('something'));
  await place.plant('.backup-syncd/unfinished', Buffer.from(`index/${good}\nindex/${cutShort}\n`));
  const said: string[] = [];
  const onLimitation = (message: string) => said.push(message);
  const location = new DirectoryLocation({ root, role: 'backend', pool, onLimitation });

  await location.sweep(new AbortController());

  expect(await place.files()).toEqual([`index/${good}`]);
  expect(existsSync(join(root, `.backup-syncd/damaged/index/${cutShort}`))).toBe(true); // never deleted (I6)
  expect(said.join()).toContain('1 is damaged');
  expect(existsSync(join(root, '.backup-syncd/unfinished'))).toBe(false);
});
