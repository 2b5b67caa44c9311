import { execFileSync } from 'node:child_process';
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
