import { readFileSync } from 'node:fs';

/** A line of the kernel's mount table; see proc_pid_mountinfo(5). */
export interface Mount {
  readonly id: string;
  /** major and minor number: `8:1` */
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
}

/** Reads the mount table; empty if there is none. It accesses no other file system, so it works while one hangs. */
export function readMounts(): Mount[] {
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [id = '', , device = '', , point = ''] = before.split(' ');
    const [type = '', source = ''] = after.split(' ');
    return point === '' ? [] : [{ id, device, point: unescape(point), type, source }];
  });
}

/** The mount that holds a path, by its text. Of several mounts on one point, the last one is visible. */
export function mountAt(path: string, mounts: readonly Mount[]): Mount | undefined {
  let deepest: Mount | undefined;
  for (const mount of mounts) {
    const { point } = mount;
    const isAbove = point === '/' || path === point || path.startsWith(`${point}/`);
    if (isAbove && point.length >= (deepest?.point.length ?? 0)) deepest = mount;
  }
  return deepest;
}

/** The mount point of a path. Without a mount table, returns the path itself. */
export function mountOf(path: string, mounts: readonly Mount[]): string {
  return mountAt(path, mounts)?.point ?? path;
}

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
