import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { childrenOf } from './descendants.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess } from './process.ts';
import { temporaryDirectory } from './temp.ts';
import { projectDirectory, tool, toolDirectory, toolVersion } from './tools.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const BOOT =
  'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && echo ready && exec chroot "$1" sleep infinity';

export type DebianRelease = 'debian12' | 'debian13';

/** The image of each release. */
export const IMAGES = { debian12: 'base-image', debian13: 'debian13-image' } as const;

/** An empty Debian with processes and mounts of its own, but without an init system; needs 'root' and its image. */
export class DebianHost {
  readonly root: string;
  readonly #pid: number;

  private constructor(root: string, pid: number) {
    this.root = root;
    this.#pid = pid;
  }

  static async boot(release: DebianRelease = 'debian12'): Promise<DebianHost> {
    const root = temporaryDirectory();
    const image = join(toolDirectory(IMAGES[release]), 'rootfs.tar');
    await mustRun('tar', ['-xf', image, '-C', root]);
    // Debian has no Node here
    for (const name of ['bin', 'lib']) rmSync(join(root, 'usr/local', name), { recursive: true });
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
    const init = startProcess('unshare', [...namespaces, 'sh', '-c', BOOT, 'sh', root]);
    await init.waitForLine(/^ready$/);
    const [pid = -1] = childrenOf(init.pid);
    return new DebianHost(root, pid);
  }

  /** Where a path of this host is for the test. */
  at(path: string): string {
    return join(this.root, path);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  /** Runs a line of shell as root. Throws when it fails. */
  async run(line: string): Promise<ProcessResult> {
    return mustRun('nsenter', this.#inside(line));
  }

  /** Runs a line without judging its exit code. */
  tryRun(line: string): Promise<ProcessResult> {
    return runProcess('nsenter', this.#inside(line));
  }

  start(line: string): RunningProcess {
    return startProcess('nsenter', this.#inside(`exec ${line}`));
  }

  install(...files: readonly string[]): Promise<void> {
    return installPackages(this, files);
  }

  #inside(line: string): string[] {
    const namespaces = ['--mount', '--pid', '--root', '--wd', `--target=${this.#pid}`];
    const env = ['env', '-i', `PATH=${PATH}`, 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
    return [...namespaces, '--', ...env, 'sh', '-c', line];
  }
}

/** A host by its directory, and how it runs a line of shell. */
interface Host {
  readonly root: string;
  run(line: string): Promise<unknown>;
}

/** Installs packages as `dpkg` does: no dependency is fetched. A configuration that was edited stays. */
export async function installPackages(host: Host, files: readonly string[]): Promise<void> {
  const directory = join(host.root, 'packages');
  mkdirSync(directory, { recursive: true });
  for (const file of files) copyFileSync(file, join(directory, basename(file)));
  const names = files.map((file) => `/packages/${basename(file)}`);
  await host.run(`dpkg --force-confdef --force-confold --install ${names.join(' ')}`);
}

/** Builds the package, in a temporary directory. */
export function debianPackage(): Promise<string> {
  return buildIn(projectDirectory);
}

async function buildIn(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const build = ['run', '--silent', 'package:deb', '--', temporaryDirectory()];
  const { code, stdout, stderr } = await runProcess('npm', build, { cwd, env });
  if (code !== 0) throw new Error(`npm run package:deb: ${stderr}`);
  return stdout.trim();
}

/** The packages that have to be installed before: Debian 12 has too old a Node, and later releases have the right one. */
export async function requiredPackages(release: DebianRelease): Promise<string[]> {
  return release === 'debian12' ? [await nodePackage()] : [];
}

/** A package `nodejs` that holds the real one. Debian 12 has an older version. */
export async function nodePackage(): Promise<string> {
  const directory = temporaryDirectory();
  const root = join(directory, 'nodejs');
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  const fields = {
    Package: 'nodejs',
    Version: toolVersion('base-image'),
    Architecture: 'all',
    Maintainer: 'test <test@localhost>',
    Description: 'Node of npm',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(join(root, 'DEBIAN/control'), lines.join(''));
  await mustRun('cp', [tool('base-image'), join(root, 'usr/bin/node')]);
  return buildPackage(root, join(directory, 'nodejs.deb'));
}

/** Makes another version of the package. */
export async function otherVersion(
  file: string,
  version: string,
  change: (root: string) => void,
): Promise<string> {
  const directory = temporaryDirectory();
  const root = join(directory, 'package');
  await mustRun('dpkg-deb', ['--raw-extract', file, root]);
  const control = join(root, 'DEBIAN/control');
  const fields = readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`);
  writeFileSync(control, fields);
  change(root);
  return buildPackage(root, join(directory, `backup-syncd_${version}_all.deb`));
}

async function buildPackage(root: string, file: string): Promise<string> {
  await mustRun('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, file]);
  return file;
}

async function mustRun(command: string, args: readonly string[]): Promise<ProcessResult> {
  const result = await runProcess(command, args);
  if (result.code === 0) return result;
  throw new Error(`${command} ${args.join(' ')}: ${result.stdout}${result.stderr}`);
}

/** The package of an earlier commit, built with the dependencies of now; undefined if this clone does not have that commit. */
export async function packageOfCommit(commit: string): Promise<string | undefined> {
  const git = async (...args: readonly string[]) =>
    runProcess('git', ['-C', projectDirectory, ...args]);
  if ((await git('cat-file', '-e', `${commit}^{commit}`)).code !== 0) return undefined;
  const directory = temporaryDirectory();
  const tree = join(directory, 'tree');
  const archive = join(directory, 'tree.tar');
  await git('archive', `--output=${archive}`, commit);
  mkdirSync(tree);
  await mustRun('tar', ['-xf', archive, '-C', tree]);
  symlinkSync(join(projectDirectory, 'node_modules'), join(tree, 'node_modules'));
  return buildIn(tree, { SOURCE_DATE_EPOCH: '1' });
}
