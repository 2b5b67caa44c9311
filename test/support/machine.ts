import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mainFile } from './cli.ts';
import { commandLineOf } from './descendants.ts';
import {
  runProcess,
  startProcess,
  type ProcessOptions,
  type ProcessResult,
  type RunningProcess,
} from './process.ts';
import { Session } from './session.ts';
import { waitFor } from './temp.ts';
import { projectDirectory, tool } from './tools.ts';

/** Directories of the system that a test may change: what is written there is gone afterwards. */
const CHANGEABLE = ['etc', 'usr', 'var', 'srv'];

/** The files of an installation, by the path at which each is shown. */
const INSTALLED: Readonly<Record<string, string>> = {
  '/usr/lib/backup-syncd/dist': dirname(mainFile),
  '/usr/lib/backup-syncd/node_modules': join(projectDirectory, 'node_modules'),
  '/usr/lib/backup-syncd/package.json': join(projectDirectory, 'package.json'),
  '/usr/share/backup-syncd/runit': join(projectDirectory, 'deploy/runit'),
  '/usr/local/bin/node': process.execPath,
};

const RUNIT = ['runsvdir', 'runsv', 'sv', 'chpst', 'svlogd'] as const;

export interface MachineProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * A machine to install things on, with processes of its own, all of which end with the test. The program and runit are installed,
 * and there is a user `backup-syncd`. It shares the network and /tmp with this one. Needs 'overlay' and 'runit'.
 */
export class Machine {
  private readonly pid: number;

  private constructor(pid: number) {
    this.pid = pid;
  }

  /** @param programs more of them, by name */
  static async start(programs: Readonly<Record<string, string>> = {}): Promise<Machine> {
    const runit = RUNIT.map((name) => [`/usr/bin/${name}`, join(dirname(tool('runit')), name)]);
    const more = Object.entries(programs).map(([name, file]) => [`/usr/local/bin/${name}`, file]);
    const files: string[] = [...Object.entries(INSTALLED), ...runit, ...more].flat();
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const init = ['bash', '-c', SET_UP, 'init', ...files];
    const unshare = startProcess('unshare', [...namespaces, '--propagation', 'private', ...init]);
    await unshare.waitForLine(/^ready$/);
    const [pid] = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8')
      .split(' ')
      .map(Number);
    if (pid === undefined) throw new Error(`no machine: ${unshare.output()}`);
    return new Machine(pid);
  }

  run(command: readonly string[], options?: ProcessOptions): Promise<ProcessResult> {
    return runProcess('nsenter', this.inside(command), options);
  }

  start(command: readonly string[]): RunningProcess {
    return startProcess('nsenter', this.inside(command));
  }

  /** Runs shell commands as root, and throws when one fails; what they print. */
  async sh(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(['bash', '-euc', script]);
    if (code !== 0) throw new Error(`${script}: ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** A terminal of root. */
  terminal(env: Readonly<Record<string, string>>): Session {
    return new Session(env, '/', ['nsenter', ...this.inside([])]);
  }

  private inside(command: readonly string[]): string[] {
    return ['--mount', '--pid', '--target', String(this.pid), '--', ...command];
  }

  /** All but the first one and what has ended, with their pids outside. */
  processes(): MachineProcess[] {
    const here = namespaceOf(this.pid);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== this.pid && namespaceOf(pid) === here)
      .map((pid) => ({ pid, command: commandLineOf(pid).trim() }))
      .filter(({ command }) => command !== '' && command !== IDLE);
  }

  /** The processes whose command line matches. */
  find(pattern: RegExp): MachineProcess[] {
    return this.processes().filter(({ command }) => pattern.test(command));
  }

  /** Waits for exactly as many processes whose command line matches. */
  async until(pattern: RegExp, count: number): Promise<readonly MachineProcess[]> {
    return waitFor(
      () => {
        const found = this.find(pattern);
        if (found.length === count) return found;
        const all = this.processes().map(({ pid, command }) => `${pid} ${command}`);
        throw new Error(`there were ${found.length}, of:\n${all.join('\n')}`);
      },
      { what: `${count} processes like ${String(pattern)}` },
    );
  }
}

/** The child that the first process of a machine waits for. */
const IDLE = 'sleep infinity';

/** The first process of a machine: it collects those whose parent is gone. */
const SET_UP = `
set -eu
mount -t tmpfs tmpfs /mnt
for each in ${CHANGEABLE.join(' ')}; do
  mkdir "/mnt/$each" "/mnt/.$each"
  mount -t overlay overlay -o "lowerdir=/$each,upperdir=/mnt/$each,workdir=/mnt/.$each" "/$each"
done
umount -l /mnt
while [ $# -gt 0 ]; do
  mkdir -p "\${1%/*}"
  if [ -d "$2" ]; then mkdir -p "$1"; else touch "$1"; fi
  mount --bind "$2" "$1"
  shift 2
done
ln -s /usr/lib/backup-syncd/dist/main.js /usr/bin/backup-syncd
useradd --system --user-group --home-dir /var/lib/backup-syncd backup-syncd
echo ready
${IDLE} &
wait`;

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // it has ended
  }
}
