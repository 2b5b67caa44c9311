// npm run package:deb [-- DIRECTORY]: builds backup-syncd_VERSION_all.deb from dist/, in packages/ or DIRECTORY, and prints its path.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packageVersion } from '../src/runtime/package-files.ts';
import { writeControl } from './packaging/debian-control.ts';
import { debianVersion } from './packaging/debian-texts.ts';
import { writeTree } from './packaging/debian-tree.ts';
import { sourceDate } from './packaging/source-date.ts';

const output = resolve(process.argv[2] ?? 'packages');
const version = debianVersion(packageVersion());
const file = join(output, `backup-syncd_${version}_all.deb`);
const root = mkdtempSync(join(tmpdir(), 'package-deb-'));
try {
  process.umask(0o022);
  writeTree(root, version);
  writeControl(root, version);
  mkdirSync(output, { recursive: true });
  // one thread, because the number of threads changes the bytes
  const options = ['--root-owner-group', '-Zxz', '--threads-max=1', '--build'];
  execFileSync('dpkg-deb', [...options, root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: `${sourceDate()}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(file);
} finally {
  rmSync(root, { recursive: true, force: true });
}
