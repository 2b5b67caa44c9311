import { readFileSync } from 'node:fs';

/** The type of the file system of `rclone mount` in the table of mounts. */
const RCLONE = 'fuse.rclone';

/**
 * Whether a path is on an `rclone mount`. Uses only the text of the path and the kernel's mount table, so that nothing can hang.
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
    [deepest, type] = [point, after.split(' ')[0] ?? '']; // of several mounts on one point, the last is visible
  }
  return type === RCLONE;
}

/** The mount table; empty if the kernel has none. */
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
