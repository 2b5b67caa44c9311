import type { Mount } from '../../../runtime/mounts.ts';

interface Opened {
  /** `st_dev` of a directory */
  readonly device: number;
  /** of the mount that it was reached through; see proc_pid_fdinfo(5) */
  readonly mountId: string;
  readonly mounts: readonly Mount[];
}

/**
 * Names of the file system that a directory lies on, and of the pool that this is part of. Two directories that have a name
 * in common are on one file system or in one pool. Pure.
 *
 * Each btrfs subvolume has a device number of its own, but all mounts of a pool have the same one in the table of mounts.
 * A ZFS dataset has only its pool's name in common with others.
 */
export function fileSystemsOf({ device, mountId, mounts }: Opened): string[] {
  const names = [`device ${device}`];
  const mount = mounts.find(({ id }) => id === mountId);
  if (mount === undefined) return names;
  names.push(`mounted ${mount.device}`);
  if (mount.type === 'zfs') names.push(`zpool ${mount.source.split('/')[0] ?? ''}`);
  return names;
}
