// The control files of the Debian package, from deploy/debian/.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectDirectory } from './project-directory.ts';
import { entriesOf } from './entries.ts';

const source = join(projectDirectory, 'deploy/debian');
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

/** Writes DEBIAN/ beside the complete tree of the package in `root`. */
export function writeControl(root: string, version: string): void {
  const paths = entriesOf(root);
  const directory = join(root, 'DEBIAN');
  mkdirSync(directory);
  const write = (name: string, text: string): void =>
    writeFileSync(join(directory, name), text, { mode: SCRIPTS.includes(name) ? 0o755 : 0o644 });
  for (const name of [...SCRIPTS, 'conffiles'])
    write(name, readFileSync(join(source, name), 'utf8'));
  write('md5sums', md5sums(root, paths));
  write('control', control(version, paths));
}

/** An estimate in KiB, as dpkg-gencontrol computes it: file systems differ. */
function control(version: string, paths: readonly string[]): string {
  const kibibytes = paths.reduce((sum, path) => {
    const stats = lstatSync(path);
    return sum + (stats.isFile() ? Math.ceil(stats.size / 1024) : 1);
  }, 0);
  const fields = readFileSync(join(source, 'control'), 'utf8');
  const first = `Version: ${version}\nInstalled-Size: ${kibibytes}\n`;
  return fields.replace('\n', `\n${first}`);
}

/** With these, `dpkg --verify` finds files that were changed. */
function md5sums(root: string, paths: readonly string[]): string {
  return paths
    .filter((path) => lstatSync(path).isFile() && !path.startsWith(join(root, 'etc/')))
    .map((path) => {
      const sum = createHash('md5').update(readFileSync(path)).digest('hex');
      return `${sum}  ${relative(root, path)}\n`;
    })
    .join('');
}
