import { readFileSync } from 'node:fs';

/**
 * The mount point of a path, from its text and the kernel's mount table only. It does not access the file system, so it works for
 * one that hangs. Without a mount table, returns the path itself.
 * @see proc_pid_mountinfo(5)
 */
export function mountOf(path: string, mountPoints: readonly string[]): string {
  const holding = mountPoints.filter((point) => isBelow(path, point));
  return holding.reduce((best, point) => (point.length > best.length ? point : best), '') || path;
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

/** The mount table, with a cache, because few paths are looked up many times. */
export class MountTable {
  private readonly points: readonly string[];
  private readonly known = new Map<string, string>();

  constructor(text: string) {
    this.points = parseMountInfo(text);
  }

  mountOf(path: string): string {
    const mount = this.known.get(path) ?? mountOf(path, this.points);
    this.known.set(path, mount);
    return mount;
  }
}

/** Reads the kernel's mount table; empty if there is none. */
export function readMountInfo(): Buffer {
  try {
    return readFileSync('/proc/self/mountinfo');
  } catch {
    return Buffer.alloc(0);
  }
}

export function parseMountInfo(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point !== '')
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    );
}
