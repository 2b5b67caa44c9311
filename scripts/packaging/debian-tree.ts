// What the Debian package contains, and where. docs/install.md has the table.
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { projectDirectory } from './project-directory.ts';
import { debianChangelog, debianCopyright } from './debian-texts.ts';
import { entriesOf } from './entries.ts';
import { renderManPages } from './man-pages.ts';

const PROGRAM = 'usr/lib/backup-syncd';
const SHARED = 'usr/share/backup-syncd';
const DOCUMENTS = 'usr/share/doc/backup-syncd';

/** Copied as they are: [from the project, to the package]. */
const COPIED: readonly (readonly [string, string])[] = [
  ['package.json', `${PROGRAM}/package.json`],
  ['fixtures', `${PROGRAM}/fixtures`],
  ['deploy/grafana', `${SHARED}/grafana`],
  ['deploy/runit', `${SHARED}/runit`],
  ['deploy/systemd/places.conf.example', `${SHARED}/systemd/places.conf.example`],
  ['README.md', `${DOCUMENTS}/README.md`],
  ['CHANGELOG.md', `${DOCUMENTS}/CHANGELOG.md`],
  ['SECURITY.md', `${DOCUMENTS}/SECURITY.md`],
  ['CONTRIBUTING.md', `${DOCUMENTS}/CONTRIBUTING.md`],
  ['docs', `${DOCUMENTS}/docs`],
  ...['compose', 'config', 'config-rclone', 'scripts', 'systemd'].map(
    (name) => [`deploy/${name}`, `${DOCUMENTS}/deploy/${name}`] as const,
  ),
  ['deploy/debian/lintian-overrides', 'usr/share/lintian/overrides/backup-syncd'],
  ['deploy/debian/backup-syncd.yaml', 'etc/backup-syncd/backup-syncd.yaml'],
];

/** The program and the documentation find these where they are in the repository. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ['usr/bin/backup-syncd', '../lib/backup-syncd/dist/main.js'],
  [`${PROGRAM}/alerts`, '../../share/backup-syncd/alerts'],
  [`${PROGRAM}/deploy/runit`, '../../../share/backup-syncd/runit'],
  [`${DOCUMENTS}/alerts`, '../../backup-syncd/alerts'],
  [`${DOCUMENTS}/dashboards`, '../../backup-syncd/dashboards'],
  [`${DOCUMENTS}/deploy/grafana`, '../../../backup-syncd/grafana'],
  [`${DOCUMENTS}/deploy/runit`, '../../../backup-syncd/runit'],
];

/** Directories that are not for everybody. postinst gives them to the user. */
const PRIVATE: Readonly<Record<string, number>> = {
  'etc/backup-syncd': 0o750,
  'etc/backup-syncd/clients': 0o750,
  'etc/backup-syncd/secrets': 0o750,
  'var/lib/backup-syncd': 0o700,
};

/** Writes all files of the package below `root`. The program is built before, in dist/. */
export function writeTree(root: string, version: string): void {
  for (const [from, to] of COPIED) copy(join(projectDirectory, from), join(root, to));
  for (const path of Object.keys(PRIVATE)) mkdirSync(join(root, path), { recursive: true });
  writeProgram(join(root, PROGRAM));
  const alerts = join(projectDirectory, 'alerts');
  copy(alerts, join(root, SHARED, 'alerts'), (path) => path !== join(alerts, 'tests'));
  writeDashboards(join(root, SHARED, 'dashboards'));
  writeUnits(join(root, 'usr/lib/systemd/system'));
  writeTexts(root, version);
  for (const [path, target] of LINKS) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  setModes(root);
  for (const [path, mode] of Object.entries(PRIVATE)) chmodSync(join(root, path), mode);
}

function copy(from: string, to: string, isWanted: (path: string) => boolean = () => true): void {
  cpSync(from, to, { recursive: true, filter: isWanted });
}

/** The bundle, and the packages that are not in it. */
function writeProgram(directory: string): void {
  const dist = join(projectDirectory, 'dist');
  copy(
    dist,
    join(directory, 'dist'),
    (path) => path !== join(dist, 'man') && !path.endsWith('.map'),
  );
  const main = join(directory, 'dist/main.js');
  // the interpreter that the package depends on, whatever else is in the PATH
  const text = readFileSync(main, 'utf8').replace(/^#!.*/, '#!/usr/bin/node');
  writeFileSync(main, text);
  for (const path of runtimePackages())
    copy(join(projectDirectory, path), join(directory, path), isNeededAtRunTime);
}

/** Of a package: its code, its data and its licence. */
function isNeededAtRunTime(path: string): boolean {
  const name = basename(path);
  if (/^(?:\..*|benchmarks?|docs|eslint\.config\..*|examples?|tests?)$/.test(name)) return false;
  return lstatSync(path).isDirectory() || /\.(?:[cm]?js|json)$|^licen[cs]e/i.test(name);
}

/** `node_modules/…` of all packages that are needed at run time, each with its own ones. */
function runtimePackages(): string[] {
  const lock = JSON.parse(readFileSync(join(projectDirectory, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path);
}

function writeDashboards(directory: string): void {
  const from = join(projectDirectory, 'dashboards');
  for (const name of readdirSync(from).filter((file) => /\.(json|md)$/.test(file)))
    copy(join(from, name), join(directory, name));
}

function writeUnits(directory: string): void {
  for (const folder of ['deploy/systemd', 'deploy/runit']) {
    const from = join(projectDirectory, folder);
    for (const name of readdirSync(from).filter((file) => /\.(service|target)$/.test(file)))
      copy(join(from, name), join(directory, name));
  }
}

function writeTexts(root: string, version: string): void {
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const zip = (text: string): Buffer => gzipSync(text, { level: 9 });
  for (const [name, text] of renderManPages(`/${DOCUMENTS}/docs`))
    write(`usr/share/man/man1/${name}.gz`, zip(text));
  write('usr/share/bash-completion/completions/backup-syncd', `${SCRIPTS.bash}\n`);
  write('usr/share/zsh/vendor-completions/_backup-syncd', `${SCRIPTS.zsh}\n`);
  write('usr/share/fish/vendor_completions.d/backup-syncd.fish', `${SCRIPTS.fish}\n`);
  write(`${DOCUMENTS}/copyright`, debianCopyright());
  write(`${DOCUMENTS}/changelog.gz`, zip(debianChangelog(version)));
}

/** The modes of a clone depend on the umask, and some packages of npm have executable files that are no programs. */
function setModes(root: string): void {
  for (const path of [root, ...entriesOf(root)]) {
    const stats = lstatSync(path);
    if (stats.isDirectory()) chmodSync(path, 0o755);
    else if (stats.isFile()) chmodSync(path, stats.mode & 0o100 && isProgram(path) ? 0o755 : 0o644);
  }
}

function isProgram(path: string): boolean {
  return readFileSync(path).subarray(0, 2).toString('latin1') === '#!';
}
