import { readFileSync } from 'node:fs';
import { Machine, type MachineProcess } from './machine.ts';
import type { RunningProcess } from './process.ts';
import { waitFor } from './temp.ts';

const TREE = '/etc/backup-syncd/runit';

/** The top level and nothing below it. */
const TOP = /^(runsv \/etc\/backup-syncd\/runit|runsvdir -P \.\/enabled)$/;

/** The programs that runit starts. */
const SUPERVISED = /^(runsv|runsvdir|svlogd|sleep|node) /;

/** The runit tree of a machine, as deploy/runit has it. */
export class RunitTree {
  readonly machine: Machine;
  private top: RunningProcess | undefined;

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  static async on(machine: Machine): Promise<RunitTree> {
    await machine.sh(`mkdir -p /etc/backup-syncd/clients
      cp -r /usr/share/backup-syncd/runit/tree ${TREE}
      mkdir ${TREE}/clients ${TREE}/enabled`);
    return new RunitTree(machine);
  }

  /** Starts the tree as the unit of systemd does. */
  begin(): void {
    this.top = this.machine.start(['runsv', TREE]);
  }

  /** Stops the tree as the unit of systemd does. */
  async stop(): Promise<unknown> {
    const [top] = await this.machine.until(/^runsv \/etc\/backup-syncd\/runit$/, 1);
    if (top !== undefined) process.kill(top.pid, 'SIGTERM');
    return this.top?.exited;
  }

  /** A client with one service, which waits; `scripts` says whether control/t and finish stop it, and `stop` whether its finish waits, too. */
  async addWaiting(
    name: string,
    {
      scripts = 'ours',
      stop = 'soon',
    }: { readonly scripts?: 'ours' | 'none'; readonly stop?: 'soon' | 'never' } = {},
  ): Promise<void> {
    const directory = `${TREE}/clients/${name}`;
    const finish =
      stop === 'soon' ? '' : `printf '#!/bin/sh\\nexec sleep 1002\\n' > finish; chmod +x finish`;
    await this.machine.sh(`cp -r ${TREE}/template ${directory}
      cd ${directory}
      rm -r services/backup-syncd ${scripts === 'ours' ? '' : 'control finish'}
      mkdir services/waiting
      printf '#!/bin/sh\nexec setpriv --pdeathsig TERM sleep 1001\n' > services/waiting/run
      chmod +x services/waiting/run
      cd services/waiting; ${finish}`);
  }

  async link(name: string): Promise<void> {
    await this.machine.sh(`ln -s ../clients/${name} ${TREE}/enabled/${name}`);
  }

  async unlink(name: string): Promise<void> {
    await this.machine.sh(`rm ${TREE}/enabled/${name}`);
  }

  /** All processes but those of the top level. */
  below(): MachineProcess[] {
    return this.machine.processes().filter(({ command }) => !TOP.test(command));
  }

  /** The tree of supervised processes, a line for each. */
  shape(): string[] {
    const all = new Map(this.machine.processes().map((each) => [each.pid, each]));
    const above = (pid: number): string => {
      const found = all.get(pid);
      return found === undefined ? '' : `${above(parentOf(pid))}/${found.command}`;
    };
    return [...all.values()]
      .filter(({ command }) => SUPERVISED.test(command))
      .map(({ pid }) => above(pid))
      .sort();
  }

  /** Waits until the tree has this shape again, without a process that was killed. */
  async untilShape(
    shape: readonly string[],
    { without, after }: { readonly without: number; readonly after: string },
  ): Promise<void> {
    await waitFor(
      () => {
        const now = this.shape();
        const isGone = this.machine.processes().every(({ pid }) => pid !== without);
        if (isGone && now.join('\n') === shape.join('\n')) return true;
        throw new Error(`it was:\n${now.join('\n')}`);
      },
      { what: `the tree, after ${after}:\n${shape.join('\n')}` },
    );
  }

  /** Waits until nothing is left below the top level. */
  async untilNothing(): Promise<void> {
    await waitFor(
      () => {
        const left = this.below().map(({ command }) => command);
        if (left.length === 0) return true;
        throw new Error(`there were:\n${left.join('\n')}`);
      },
      { what: 'no process of any client', timeoutMs: 60_000 },
    );
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // it has ended
  }
}
