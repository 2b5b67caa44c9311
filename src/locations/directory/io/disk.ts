import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readMounts } from '../../../runtime/mounts.ts';
import { isNotThere, O_PATH, type OpenPlace } from './open-place.ts';
import type { Disk } from '../../location.ts';
import { fileSystemsOf } from './file-systems-of.ts';

/** The file systems or pools of a place, which need not exist yet, and those of the machine's `/`. */
export function disk({ root }: OpenPlace): Disk {
  return { place: fileSystemsAt(root), system: fileSystemsAt('/') };
}

function fileSystemsAt(path: string): string[] {
  let fd: number;
  try {
    fd = openSync(path, O_PATH | constants.O_DIRECTORY);
  } catch (error) {
    if (!isNotThere(error) || path === dirname(path)) throw error;
    return fileSystemsAt(dirname(path));
  }
  try {
    const { dev } = fstatSync(fd);
    const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const mountId = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1] ?? '';
    return fileSystemsOf({ device: dev, mountId, mounts: readMounts() });
  } finally {
    closeSync(fd);
  }
}
