import { readdirSync, statSync } from 'node:fs';
import { traitsAt } from './file-system.ts';
import { ifThere, within, type OpenPlace } from './open-place.ts';
import { syncDirectory } from './place.ts';
import { COUNTER } from '../../../threads/call-options.ts';
import type { Args, Result } from './protocol.ts';

const DIRECTORIES = ['', '.backup-syncd', 'keys', 'data', 'index', 'snapshots'];
const SHARD = /^[0-9a-f]{2}$/;

/**
 * Makes all names of objects durable: a pass that was killed may have left some that are not.
 *
 * @returns false where the file system cannot sync a directory
 */
export function syncNames(
  { root }: Args<'syncNames'>,
  counters: BigInt64Array,
): Result<'syncNames'> {
  return within(root, (place) => {
    const kinds = DIRECTORIES.filter((path) => place.directoryStat(path) !== undefined);
    const synced = [...kinds, ...shardsOf(place)].map((path) => {
      Atomics.add(counters, COUNTER.objects, 1n);
      return syncDirectory(place, path);
    });
    return synced.every(Boolean);
  });
}

function shardsOf(place: OpenPlace): string[] {
  const entries =
    ifThere(() => readdirSync(place.directory('data'), { withFileTypes: true })) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && SHARD.test(entry.name))
    .map(({ name }) => `data/${name}`);
}

/** Which file system holds a directory, and what it can be trusted with. */
export function fileSystem({ root, path }: Args<'fileSystem'>): Result<'fileSystem'> {
  return within(root, (place) => {
    const directory = place.directory(path);
    return { device: statSync(directory).dev, syncsAsAWhole: traitsAt(directory).syncsAsAWhole };
  });
}
