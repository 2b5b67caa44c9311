import { mainFile } from './cli.ts';
import { runProcess, startProcess } from './process.ts';
import { SyncDaemon, type Syncd } from './syncd.ts';

/** A mount namespace that stands for a host, and one in it that stands for a service of systemd; needs 'tmpfs'. */
export class Host {
  private readonly pid: number;

  private constructor(pid: number) {
    this.pid = pid;
  }

  static async start(): Promise<Host> {
    const namespace = ['--mount', '--propagation', 'private'];
    const script = 'mount --make-rshared / && echo ready && exec sleep infinity';
    const process = startProcess('unshare', [...namespace, 'bash', '-c', script]);
    await process.waitForLine(/^ready$/);
    return new Host(process.pid);
  }

  /** Runs a program on the host. */
  async run(...command: readonly string[]): Promise<void> {
    const { code, stderr } = await runProcess('nsenter', this.inside(command));
    if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  }

  /**
   * Starts the daemon as systemd does for `ReadWritePaths=`: what the host mounts and unmounts is followed (slave), and a path
   * that is no mount point is bound to itself (systemd 252, src/core/namespace.c).
   */
  async startService(syncd: Syncd, readWritePath: string): Promise<SyncDaemon> {
    const script = 'mountpoint -q "$1" || mount --bind "$1" "$1"; exec "$2" "$3" run';
    const daemon = ['bash', '-c', script, 'bash', readWritePath, process.execPath, mainFile];
    const command = ['unshare', '--mount', '--propagation', 'slave', ...daemon];
    const env = syncd.environment();
    return SyncDaemon.of(startProcess('nsenter', this.inside(command), { env }));
  }

  private inside(command: readonly string[]): string[] {
    return [`--mount=/proc/${this.pid}/ns/mnt`, '--', ...command];
  }
}
