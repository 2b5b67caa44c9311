import { isObjectId } from '../../repository/names.ts';
import type { CallOptions, LockFiles } from '../location.ts';
import { listEntries } from './entries.ts';
import type { Rclone } from './rclone.ts';

/** How many lock files there are in a directory, and since when. */
export async function readLocks(
  rclone: Rclone,
  directory: string,
  { signal }: CallOptions,
): Promise<LockFiles> {
  let count = 0;
  let oldestAt = Infinity;
  await listEntries(rclone, directory, {
    ...{ signal, times: true },
    onEntry: ({ path, mtimeMs }) => {
      if (!isObjectId(path)) return;
      count += 1;
      oldestAt = Math.min(oldestAt, Number.isNaN(mtimeMs) ? Infinity : mtimeMs);
    },
  });
  return oldestAt === Infinity ? { count } : { count, oldestAt };
}
