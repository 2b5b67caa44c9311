import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onCleanUp } from './clean-up.ts';
import { childrenOf } from './descendants.ts';
import { runProcess, startProcess, type ProcessResult } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { projectDirectory, tool, toolDirectory } from './tools.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** systemd owns its control group, so it gets one of its own, and does not see the others. */
const ENTER = `
set -e
mkdir -p "$1/cgroup" && mount -t cgroup2 cgroup2 "$1/cgroup"
own=$(sed -n 's/^0:://p' /proc/self/cgroup)/backup-syncd-test-$$
mkdir "$1/cgroup$own" && echo $$ >"$1/cgroup$own/cgroup.procs"
echo "group $own"
shift
exec unshare --mount --pid --cgroup --uts --ipc --fork --kill-child bash -c "$@"
`;

/** Boots as systemd-nspawn does: kernel settings that systemd would change are read-only. */
const BOOT = `
set -e
root=$1 project=$2
mount --bind "$root" "$root"
for name in dist node_modules deploy; do
  mkdir -p "$root/opt/backup-syncd/$name" && mount --bind "$project/$name" "$root/opt/backup-syncd/$name"
done
cd "$root"
mount -t proc proc proc
mount --bind proc/sys proc/sys && mount -o remount,ro,bind proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name && mount --bind /dev/$name dev/$name; done
ln -s pts/ptmx dev/ptmx
mkdir -p dev/shm dev/pts before && mount -t tmpfs tmpfs dev/shm && mount -t devpts -o newinstance devpts dev/pts
pivot_root . before
umount -l /before
mount --make-rshared /
exec env -i container=test PATH=${PATH} /lib/systemd/systemd --system --unit=basic.target --log-target=journal --show-status=false
`;

/** A Debian 12 whose first process is the real systemd, with the program as a clone in /opt; needs root. */
export class SystemdHost {
  readonly root: string;
  private readonly pid: number;

  private constructor(root: string, pid: number) {
    this.root = root;
    this.pid = pid;
  }

  static async boot(): Promise<SystemdHost> {
    const [root, groups] = [temporaryDirectory(), temporaryDirectory()];
    await mustRun('tar', ['-xf', join(toolDirectory('base-image'), 'rootfs.tar'), '-C', root]);
    await unpack(toolDirectory('systemd'), root);
    // without one, this is the first boot, which enables all services, such as the one that waits for a network
    writeFileSync(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
    mkdirSync(join(root, 'opt/backup-syncd'));
    cpSync(join(projectDirectory, 'package.json'), join(root, 'opt/backup-syncd/package.json'));
    for (const name of ['restic', 'rclone'] as const)
      cpSync(tool(name, 'newest'), join(root, 'usr/local/bin', name));
    const group = { path: '' };
    onCleanUp(() => removeGroups(group.path)); // after its processes have ended
    const boot = [BOOT, 'boot', root, projectDirectory];
    const enter = startProcess('unshare', [
      '--mount',
      'bash',
      '-c',
      ENTER,
      'enter',
      groups,
      ...boot,
    ]);
    group.path = (await enter.waitForLine(/^group /)).slice('group '.length);
    const pid = await waitFor(() => childrenOf(enter.pid)[0], { what: 'the first process' });
    const host = new SystemdHost(root, pid);
    await waitFor(async () => (await host.tryRun('systemctl is-active basic.target')).code === 0, {
      what: 'the boot',
    });
    return host;
  }

  /** Writes a file of this host. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Runs lines of shell as root; returns what they print. Throws when they fail, with the end of the journal. */
  async run(lines: string): Promise<string> {
    const { code, stdout, stderr } = await this.tryRun(lines);
    if (code === 0) return stdout.trim();
    const { stdout: journal } = await this.tryRun('journalctl --no-pager --lines 15');
    throw new Error(`${lines}: ${stdout}${stderr}\n${journal}`);
  }

  /** Runs lines without judging their exit code. */
  tryRun(lines: string): Promise<ProcessResult> {
    return runProcess('nsenter', this.inside(lines));
  }

  /** A property of a unit, such as `MainPID`. */
  async property(unit: string, name: string): Promise<string> {
    return this.run(`systemctl show --property ${name} --value ${unit}`);
  }

  private inside(lines: string): string[] {
    const namespaces = ['--mount', '--pid', '--cgroup', '--uts', '--ipc', '--root', '--wd'];
    const env = ['env', '-i', `PATH=${PATH}`, 'HOME=/root', 'LC_ALL=C', 'sh', '-ec', lines];
    return [...namespaces, `--target=${this.pid}`, '--', ...env];
  }
}

/** Copies what was unpacked elsewhere. Directories that are links on the host stay links. */
export async function unpack(from: string, root: string): Promise<void> {
  const script =
    'tar -C "$1" --exclude=./tool.json -cf - . | tar -C "$2" -xf - --keep-directory-symlink';
  await mustRun('sh', ['-c', script, 'sh', from, root]);
}

/** Removes the groups that systemd made, once its processes have ended. */
async function removeGroups(path: string): Promise<void> {
  const script = `
    mount=$(mktemp -d) && mount -t cgroup2 cgroup2 "$mount"
    for _ in $(seq 100); do
      find "$mount/$1" -depth -type d -exec rmdir {} + 2>/dev/null
      test -d "$mount/$1" || break
      sleep 0.1
    done
    umount "$mount" && rmdir "$mount"`;
  await runProcess('unshare', ['--mount', 'sh', '-c', script, 'sh', path]);
}

async function mustRun(command: string, args: readonly string[]): Promise<ProcessResult> {
  const result = await runProcess(command, args);
  if (result.code === 0) return result;
  throw new Error(`${command} ${args.join(' ')}: ${result.stdout}${result.stderr}`);
}
