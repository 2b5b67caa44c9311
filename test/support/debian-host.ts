import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCleanUp } from './clean-up.ts';
import { childrenOf } from './descendants.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import {
  controlGroups,
  projectDirectory,
  tool,
  toolDirectory,
  toolVersion,
  type SingleTool,
} from './tools.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a host starts as its first process. */
export type Init = 'sleep' | 'systemd';

// the root of a system is a mount point
const MOUNT = 'mount --bind . . && cd "$PWD" && mount -t proc proc proc && mount --rbind /dev dev';
const MOUNT_FOR_SYSTEMD =
  'mount -t sysfs -o ro sysfs sys && mount -t cgroup2 cgroup2 sys/fs/cgroup && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp';
const START: Readonly<Record<Init, string>> = {
  sleep: `${MOUNT} && echo ready && exec chroot . sleep infinity`,
  systemd: `${MOUNT} && ${MOUNT_FOR_SYSTEMD} && echo ready && \
    exec env -i container=test PATH=${PATH} chroot . /lib/systemd/systemd --system --unit=basic.target`,
};

/**
 * An empty Debian 12 with processes and mounts of its own. It shares the network with this machine. Needs 'root' and 'base-image',
 * and with systemd also 'systemd', 'runit' and 'cgroup2'.
 */
export class DebianHost {
  readonly root: string;
  readonly #pid: number;

  private constructor(root: string, pid: number) {
    this.root = root;
    this.#pid = pid;
  }

  static async boot(init: Init = 'sleep'): Promise<DebianHost> {
    const root = temporaryDirectory();
    const image = join(toolDirectory('base-image'), 'rootfs.tar');
    await mustRun('tar', ['-xf', image, '-C', root]);
    // Debian has no Node here
    for (const name of ['bin', 'lib']) rmSync(join(root, 'usr/local', name), { recursive: true });
    if (init === 'systemd') {
      for (const name of ['systemd', 'runit'] as const) await unpack(name, root);
      // without one, this is the first boot, which enables all services, such as the one that waits for a network
      writeFileSync(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
    }
    const unshare = 'exec unshare --mount --pid --cgroup --fork --kill-child sh -c "$1"';
    const group = init === 'systemd' ? `echo $$ >'${makeControlGroup()}/cgroup.procs' && ` : '';
    const first = startProcess('sh', ['-c', `${group}${unshare}`, 'sh', START[init]], {
      cwd: root,
    });
    await first.waitForLine(/^ready$/);
    const [pid = -1] = childrenOf(first.pid);
    const host = new DebianHost(root, pid);
    if (init === 'systemd')
      await host.run('until systemctl is-active -q basic.target; do sleep 0.1; done');
    return host;
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

  /** The same without judging its exit code. */
  tryRun(line: string): Promise<ProcessResult> {
    return runProcess('nsenter', this.#inside(line));
  }

  start(line: string): RunningProcess {
    return startProcess('nsenter', this.#inside(`exec ${line}`));
  }

  /** Installs packages of files as `dpkg` does: no dependency is fetched. */
  install(...files: readonly string[]): Promise<ProcessResult> {
    return this.#dpkg(['--force-confdef', '--force-confold', '--install', ...files]);
  }

  async #dpkg(args: readonly string[]): Promise<ProcessResult> {
    mkdirSync(this.at('packages'), { recursive: true });
    const inside: string[] = [];
    for (const arg of args) {
      if (arg.endsWith('.deb')) await mustRun('cp', [arg, this.at('packages/')]);
      inside.push(arg.replace(/^.*\/(?=[^/]*\.deb$)/, '/packages/'));
    }
    return this.run(`dpkg ${inside.join(' ')}`);
  }

  #inside(line: string): string[] {
    const namespaces = ['--mount', '--pid', '--root', '--wd', `--target=${this.#pid}`];
    const env = ['env', '-i', `PATH=${PATH}`, 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
    return [...namespaces, '--', ...env, 'sh', '-c', line];
  }
}

/** Builds the package, in a temporary directory. */
export async function debianPackage(): Promise<string> {
  const build = ['run', '--silent', 'package:deb', '--', temporaryDirectory()];
  const { code, stdout, stderr } = await runProcess('npm', build, { cwd: projectDirectory });
  if (code !== 0) throw new Error(`npm run package:deb: ${stderr}`);
  return stdout.trim();
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

/** The same package, as another version of it. */
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

/** Copies a tool into a host, as if its package was installed. */
async function unpack(name: SingleTool, root: string): Promise<void> {
  const copy = 'tar -C "$1" -cf - . | tar -C "$2" -xf - --keep-directory-symlink';
  await mustRun('sh', ['-c', copy, 'sh', toolDirectory(name), root]);
}

/** A control group for a systemd, whose processes are killed and which is removed after the test. */
function makeControlGroup(): string {
  const root = controlGroups();
  if (root === undefined) throw new Error('needs control groups, version 2');
  const group = mkdtempSync(join(root, 'backup-syncd-test-'));
  onCleanUp(async () => {
    writeFileSync(join(group, 'cgroup.kill'), '1');
    const isEmpty = () =>
      readFileSync(join(group, 'cgroup.events'), 'utf8').includes('populated 0');
    await waitFor(isEmpty, { what: 'the end of all processes of systemd' });
    await mustRun('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  });
  return group;
}

async function mustRun(command: string, args: readonly string[]): Promise<ProcessResult> {
  const result = await runProcess(command, args);
  if (result.code === 0) return result;
  throw new Error(`${command} ${args.join(' ')}: ${result.stdout}${result.stderr}`);
}
