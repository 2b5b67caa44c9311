import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { writeControl } from '../../scripts/packaging/debian-control.ts';
import { debianVersion } from '../../scripts/packaging/debian-texts.ts';
import { writeTree } from '../../scripts/packaging/debian-tree.ts';
import { entriesOf } from '../../scripts/packaging/entries.ts';
import { renderManPages } from '../../scripts/packaging/man-pages.ts';
import { runProcess } from '../support/process.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, projectDirectory, tool } from '../support/tools.ts';

// The package itself is installed, upgraded, removed and purged in the soak.

const root = temporaryDirectory();
const program = join(root, 'usr/lib/backup-syncd');
const documents = join(root, 'usr/share/doc/backup-syncd');
const modeOf = (path: string) => (statSync(join(root, path)).mode & 0o7777).toString(8);

beforeAll(() => {
  writeTree(root, '1.2.3');
  writeControl(root, '1.2.3');
});

test('a version before a release is older than the release', () => {
  expect(debianVersion('1.2.0')).toBe('1.2.0');
  expect(debianVersion('1.2.0-rc.1')).toBe('1.2.0~rc.1');
});

test('its directories are closed to others, and its files are not', () => {
  expect(modeOf('.')).toBe('755'); // dpkg would give it to the root of the system
  expect(modeOf('etc/backup-syncd')).toBe('750');
  expect(modeOf('etc/backup-syncd/clients')).toBe('750');
  expect(modeOf('var/lib/backup-syncd')).toBe('700');
  expect(modeOf('usr/lib/backup-syncd/dist/main.js')).toBe('755');
  expect(modeOf('usr/share/doc/backup-syncd/deploy/scripts/rsync_copy')).toBe('755');
  const others = entriesOf(join(root, 'usr')).filter((path) => !lstatSync(path).isSymbolicLink());
  expect(others.filter((path) => !/(?:644|755)$/.test(statSync(path).mode.toString(8)))).toEqual(
    [],
  );
});

test('its links lead to what is in it', () => {
  const links = entriesOf(root).filter((path) => lstatSync(path).isSymbolicLink());

  expect(links).toContain(join(root, 'usr/bin/backup-syncd'));
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
});

test('its control files are complete', () => {
  const control = readFileSync(join(root, 'DEBIAN/control'), 'utf8');
  expect(control).toMatch(/^Package: backup-syncd\nVersion: 1\.2\.3\nInstalled-Size: \d{4,5}\n/);
  expect(control).toMatch(/^Depends: nodejs \(>= 20\.19\), adduser$/m);
  for (const path of readFileSync(join(root, 'DEBIAN/conffiles'), 'utf8').trim().split('\n'))
    expect(statSync(join(root, path)).isFile()).toBe(true);
  execFileSync('md5sum', ['--check', '--quiet', 'DEBIAN/md5sums'], { cwd: root });
  expect(readFileSync(join(root, 'DEBIAN/md5sums'), 'utf8')).not.toContain(
    'backup-syncd/deploy/runit',
  );
});

test('it has the packages that the program needs, and no others', async () => {
  const needed = `const { dependencies, version } = require('../package.json');
    for (const name of Object.keys(dependencies)) require(name);
    console.log(version)`;
  const { stdout, stderr } = await runProcess(process.execPath, ['-e', needed], {
    cwd: join(program, 'dist'),
  });

  expect({ stdout, stderr }).toEqual({ stdout: '0.1.0\n', stderr: '' });
  for (const name of ['typescript', 'jest', 'esbuild', 'zod'])
    expect(existsSync(join(program, 'node_modules', name))).toBe(false);
});

test('the program starts with the Node that the package depends on', () => {
  const main = readFileSync(join(program, 'dist/main.js'), 'utf8');

  expect(main.split('\n', 1)).toEqual(['#!/usr/bin/node']);
});

test('it holds every file that messages refer to, where the documentation is', () => {
  const text = readFileSync(join(program, 'dist/main.js'), 'utf8');
  const named = [...text.matchAll(/\b(?:docs|alerts|deploy|dashboards)\/[\w./-]+\w/g)];
  const paths = [...new Set(named.map(([path]) => path))];

  expect(paths).toContain('docs/configuration.md');
  expect(paths.filter((path) => !existsSync(join(documents, path)))).toEqual([]);
});

test('what the documentation takes from it is there, and not where dpkg may leave out documentation', () => {
  const texts = ['docs/install.md', 'docs/runit.md'].map((path) =>
    readFileSync(join(projectDirectory, path), 'utf8'),
  );
  const taken = texts.flatMap((text) => [...text.matchAll(/^cp .*?(\/usr\/share\/\S+)/gm)]);
  const paths = taken.map(([, path = '']) => path);

  expect(paths.length).toBeGreaterThanOrEqual(3);
  expect(paths.filter((path) => path.startsWith('/usr/share/doc/'))).toEqual([]);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('licences come with the code that is in the bundle', () => {
  const licences = readFileSync(join(program, 'dist/LICENSES.txt'), 'utf8');

  for (const name of ['commander', 'execa', 'yaml', 'zod'])
    expect(licences).toMatch(new RegExp(`^==== ${name} \\d.*====\n\n(?:.*\n)*?.*Copyright`, 'm'));
});

describeWithTools(['shellcheck'], 'the scripts of the Debian package', () => {
  test('have no fault that shellcheck knows', () => {
    const scripts = ['postinst', 'prerm', 'postrm'].map((name) => join(root, 'DEBIAN', name));
    execFileSync(tool('shellcheck'), scripts, { stdio: 'pipe' });
    expect(modeOf('DEBIAN/postinst')).toBe('755');
  });
});

describeWithTools(['mandoc'], 'the man pages', () => {
  test('have no fault that mandoc knows', () => {
    const pages = temporaryDirectory();
    for (const [name, text] of renderManPages('/usr/share/doc'))
      writeFileSync(join(pages, name), text);
    const files = readdirSync(pages).map((name) => join(pages, name));
    const lint = ['-T', 'lint', '-W', 'warning', ...files];
    const { stdout, stderr } = spawnSync(tool('mandoc'), lint, { encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  });
});
