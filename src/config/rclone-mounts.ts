import { readFileSync } from 'node:fs';

/** The type of the file system of `rclone mount` in the table of mounts. */
const RCLONE = 'fuse.rclone';

/**
 * Whether a path lies on an `rclone mount`. Judged by its spelling and the kernel's table alone, so that nothing hangs.
 *
 * @param table the text of `/proc/self/mountinfo`
 * @see proc_pid_mountinfo(5)
 */
export function isOnRcloneMount(path: string, table: string): boolean {
  let [deepest, type] = ['', ''];
  for (const line of table.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescape(before.split(' ')[4] ?? '');
    const isAbove = point === '/' || path === point || path.startsWith(`${point}/`);
    if (point === '' || !isAbove || point.length < deepest.length) continue;
    [deepest, type] = [point, after.split(' ')[0] ?? '']; // of several on one point, the last is what is seen
  }
  return type === RCLONE;
}

/** The table of mounts; nothing where the kernel has none. */
export function readMountTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
