import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { locationContract, type ContractPlace } from './location-contract.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

locationContract('directory', {
  makePlace: (role) => makePlace(temporaryDirectory(), role),
  missing: (role) =>
    new DirectoryLocation({ root: join(temporaryDirectory(), 'gone'), role, pool }),
});

function makePlace(root: string, role: 'source' | 'backend'): ContractPlace {
  const open = () => new DirectoryLocation({ root, role, pool });
  const make = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (role === 'backend') mkdirSync(join(root, '.backup-syncd'), { recursive: true });
    return join(root, path);
  };
  make('.');
  return {
    location: open(),
    plant(path, content, mtimeMs) {
      const file = make(path);
      if (existsSync(file)) chmodSync(file, 0o600);
      writeFileSync(file, content);
      if (mtimeMs !== undefined) utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
    },
    unplant: (path) => rmSync(join(root, path), { recursive: true }),
    content: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined),
    mtimeMs: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs,
    files: () => filesBelow(root).filter((path) => !path.startsWith('.backup-syncd')),
    reopen: open,
    temporaries: () => filesBelow(root).filter((path) => path.startsWith('.backup-syncd/tmp/')),
    plantOdd(path, what) {
      const place = make(path);
      if (what === 'symlink') symlinkSync('/etc/hostname', place);
      else if (what === 'directory') mkdirSync(place);
      else execFileSync('mkfifo', [place]);
    },
  };
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

test('data as a symbolic link is refused, not followed', async () => {
  const root = temporaryDirectory();
  const id = 'ab'.padEnd(64, '0');
  mkdirSync(join(root, 'elsewhere', 'ab'), { recursive: true });
  writeFileSync(join(root, 'elsewhere', 'ab', id), 'x');
  symlinkSync('elsewhere', join(root, 'data'));
  const location = new DirectoryLocation({ root, role: 'source', pool });
  const { signal } = new AbortController();

  const listing = await location.list('data', { signal, sizes: true, incremental: true });

  expect(listing.objects.count).toBe(0);
  expect(listing.refused).toEqual(['data']);
});

test('what an unfinished pass named on a file system that cannot sync directories is read again', async () => {
  const root = temporaryDirectory();
  const place = makePlace(root, 'backend');
  const good = createHash('sha256').update('good').digest('hex');
  const cutShort = createHash('sha256').update('something longer').digest('hex');
  place.plant(`index/${good}`, Buffer.from('good'));
  place.plant(`index/${cutShort}`, Buffer.from('something'));
  place.plant('.backup-syncd/unfinished', Buffer.from(`index/${good}\nindex/${cutShort}\n`));
  const said: string[] = [];
  const onLimitation = (message: string) => said.push(message);
  const location = new DirectoryLocation({ root, role: 'backend', pool, onLimitation });

  await location.sweep(new AbortController());

  expect(place.files()).toEqual([`index/${good}`]);
  expect(said.join()).toContain('1 were wrong');
  expect(existsSync(join(root, '.backup-syncd/unfinished'))).toBe(false);
});
