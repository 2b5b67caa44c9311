import { readdirSync, statSync } from 'node:fs';
import { exists } from './files.ts';
import { traitsAt } from './file-system.ts';
import { syncDirectory } from './place.ts';
import { COUNTER, type Args, type Result } from './protocol.ts';

const DIRECTORIES = ['', '/.backup-syncd', '/keys', '/data', '/index', '/snapshots'];
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
  const kinds = DIRECTORIES.map((path) => `${root}${path}`).filter((path) => exists(path));
  const synced = [...kinds, ...shardsOf(`${root}/data`)].map((path) => {
    Atomics.add(counters, COUNTER.objects, 1n);
    return syncDirectory(path);
  });
  return synced.every(Boolean);
}

function shardsOf(data: string): string[] {
  if (!exists(data)) return [];
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && SHARD.test(entry.name))
    .map(({ name }) => `${data}/${name}`);
}

/** Which file system holds a path, and what it can be trusted with. */
export function fileSystem({ path }: Args<'fileSystem'>): Result<'fileSystem'> {
  return { device: statSync(path).dev, syncsAsAWhole: traitsAt(path).syncsAsAWhole };
}
