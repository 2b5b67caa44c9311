import { readdirSync, statSync } from 'node:fs';
import { traitsAt } from './file-system.ts';
import { ifThere, type OpenPlace } from './open-place.ts';
import { syncDirectory } from './place.ts';
import { countObject } from '../../../threads/progress.ts';

const DIRECTORIES = ['', '.backup-syncd', 'keys', 'data', 'index', 'snapshots'];
const SHARD = /^[0-9a-f]{2}$/;

/**
 * Makes all names of objects durable: a pass that was killed may have left some that are not.
 *
 * @returns false where the file system cannot sync a directory
 */
export function syncNames(place: OpenPlace): boolean {
  const kinds = DIRECTORIES.filter((path) => place.directoryStat(path) !== undefined);
  const synced = [...kinds, ...shardsOf(place)].map((path) => {
    countObject();
    return syncDirectory(place, path);
  });
  return synced.every(Boolean);
}

function shardsOf(place: OpenPlace): string[] {
  const entries =
    ifThere(() => readdirSync(place.directory('data'), { withFileTypes: true })) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && SHARD.test(entry.name))
    .map(({ name }) => `data/${name}`);
}

export interface FileSystem {
  /** its number in stat(2) */
  readonly device: number;
  /** one `syncfs` makes everything durable, and reports what it could not write */
  readonly syncsAsAWhole: boolean;
}

/** The file system of a directory, and its properties. */
export function fileSystem(place: OpenPlace, path: string): FileSystem {
  const directory = place.directory(path);
  return { device: statSync(directory).dev, syncsAsAWhole: traitsAt(directory).syncsAsAWhole };
}
