import { noSpace } from '../no-space.ts';
import { readObject } from './read-object.ts';
import type { ReceiveOptions, Space, Transfer } from '../location.ts';

/** The result of `rclone about`; undefined if the free space is unknown. */
export function readSpace(json: Buffer): Space | undefined {
  const { free, total } = readObject(json.toString('utf8'));
  if (!isBytes(free)) return undefined;
  return { freeBytes: free, totalBytes: isBytes(total) ? total : free };
}

function isBytes(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

type Wanted = Pick<Transfer, 'objects'> & Pick<ReceiveOptions, 'minFreeBytes'> & { label: string };

/** Throws with reason `no_space` if too little would be left. */
export function requireSpace(
  space: Space | undefined,
  { objects, minFreeBytes, label }: Wanted,
): void {
  if (space === undefined || space.freeBytes - objects.bytes >= minFreeBytes) return;
  const { freeBytes } = space;
  throw noSpace({
    ...{ label, freeBytes, neededBytes: objects.bytes, minFreeBytes },
    enlarge: 'raise the quota',
  });
}
