import { SyncdError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { ReceiveOptions, Space, Transfer } from '../location.ts';

/** What `rclone about` says; undefined where it does not know how much is free. */
export function readSpace(json: Buffer): Space | undefined {
  const { free, total } = JSON.parse(json.toString('utf8')) as { free?: number; total?: number };
  return free === undefined ? undefined : { freeBytes: free, totalBytes: total ?? free };
}

type Wanted = Pick<Transfer, 'objects'> & Pick<ReceiveOptions, 'minFreeBytes'> & { label: string };

/** Throws with reason `no_space` where it is known that too little would be left. */
export function requireSpace(
  space: Space | undefined,
  { objects, minFreeBytes, label }: Wanted,
): void {
  if (space === undefined || space.freeBytes - objects.bytes >= minFreeBytes) return;
  throw new SyncdError(
    'no_space',
    `${formatBytes(space.freeBytes)} free at ${label}; ${formatBytes(objects.bytes)} more would leave less than minFree (${formatBytes(minFreeBytes)})`,
    { hint: 'free space there, raise the quota, or lower minFree' },
  );
}
