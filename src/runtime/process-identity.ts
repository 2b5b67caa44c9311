import { readFileSync, readlinkSync } from 'node:fs';

/** The identity of a process, which distinguishes it from all others with the same process ID. */
export interface ProcessIdentity {
  readonly pid: number;
  /** start time in clock ticks since boot, proc_pid_stat(5) field 22; empty where there is no /proc */
  readonly startedAt: string;
  /** empty where it cannot be read, as in a service with `ProcSubset=pid` */
  readonly bootId: string;
  /** of its PID namespace, because a process ID means nothing in another one */
  readonly namespace: string;
}

export function identifyProcess(pid: number | 'self'): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined; // a zombie has ended
    return {
      pid: Number.parseInt(stat, 10),
      startedAt: fields[19] ?? '',
      bootId: readBootId(),
      namespace: readlinkSync('/proc/self/ns/pid'),
    };
  } catch {
    return undefined;
  }
}

/** This process; its process ID alone where there is no /proc. */
export function identifySelf(): ProcessIdentity {
  const known = identifyProcess('self');
  return known ?? { pid: process.pid, startedAt: '', bootId: '', namespace: '' };
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/**
 * `elsewhere`: it cannot be looked up, because it is in another PID namespace of this boot, or hidden from this user, as in a
 * service with `ProtectProc=invisible`.
 */
type Liveness = 'alive' | 'dead' | 'elsewhere';

/** Whether that process is still running, as far as can be seen from here. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const self = identifyProcess('self');
  if (self === undefined) return answersSignal(identity.pid) ? 'alive' : 'dead';
  const boots = [identity.bootId, self.bootId];
  if (boots[0] !== boots[1] && !boots.includes('')) return 'dead';
  if (identity.namespace !== self.namespace) return 'elsewhere';
  const found = identifyProcess(identity.pid);
  if (found === undefined) return answersSignal(identity.pid) ? 'elsewhere' : 'dead';
  return found.startedAt === identity.startedAt ? 'alive' : 'dead';
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
