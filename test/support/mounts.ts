import { existsSync, readFileSync } from 'node:fs';
import { runProcess } from './process.ts';

/** Whether a path is a mount point, without touching the mount, which may hang. */
export function isMounted(path: string): boolean {
  if (!existsSync('/proc/self/mounts')) return false;
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === path);
}

/** Takes a mount away at once, even while it is busy or hangs. Does nothing when it is gone. */
export async function unmountLazily(path: string): Promise<void> {
  while (isMounted(path)) {
    const { code, stderr } = await runProcess('umount', ['-l', path]);
    if (code !== 0) throw new Error(`cannot unmount ${path}: ${stderr}`);
  }
}
