interface Opened {
  /** `st_dev` of a directory */
  readonly device: number;
  /** of the mount that it was reached through; see proc_pid_fdinfo(5) */
  readonly mountId: string;
  /** see proc_pid_mountinfo(5) */
  readonly mountInfo: string;
}

/**
 * Names of the file system that a directory lies on, and of the pool that this is part of. Two directories that have a name
 * in common are on one file system or in one pool. Pure.
 *
 * Each btrfs subvolume has a device number of its own, but all mounts of a pool have the same one in the table of mounts.
 * A ZFS dataset has only its pool's name in common with others.
 */
export function fileSystemsOf({ device, mountId, mountInfo }: Opened): string[] {
  const names = [`device ${device}`];
  const line = mountInfo.split('\n').find((candidate) => candidate.startsWith(`${mountId} `));
  if (line === undefined) return names;
  const [fields = '', rest = ''] = line.split(' - ');
  const number = fields.split(' ')[2] ?? '';
  const [type, source = ''] = rest.split(' ');
  names.push(`mounted ${number}`);
  if (type === 'zfs') names.push(`zpool ${source.split('/')[0] ?? ''}`);
  return names;
}
