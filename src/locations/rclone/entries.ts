import { objectPath, type HashedKind } from '../../repository/names.ts';
import type { CallOptions, ObjectStat } from '../location.ts';
import { list, listOf, statListed } from './arguments.ts';
import { readEntry, type Entry } from './listing.ts';
import { asError, type Rclone } from './rclone.ts';

export interface EntriesOptions extends CallOptions {
  readonly onEntry: (entry: Entry) => void;
  readonly recursive?: boolean;
  readonly files?: boolean;
}

/** Something was listed and then not found, so the listing may be incomplete. */
const BROKEN_OFF = {
  reason: 'tool',
  hint: 'the listing was cut short; it will be retried',
} as const;

/** Passes each entry of a directory to a callback; returns false if there is no such directory. */
export async function listEntries(
  rclone: Rclone,
  directory: string,
  { signal, onEntry, ...how }: EntriesOptions,
): Promise<boolean> {
  let listed = 0;
  const outcome = await rclone.run(list(directory, how), {
    signal,
    onLine: (line) => {
      const entry = readEntry(line);
      if (entry === undefined) return;
      listed += 1;
      onEntry(entry);
    },
  });
  if (outcome.isOk) return true;
  if (outcome.failure.isNotFound && listed === 0) return false;
  throw asError({ ...outcome.failure, ...(outcome.failure.isNotFound && BROKEN_OFF) });
}

interface Asked {
  readonly root: string;
  readonly kind: HashedKind;
  readonly ids: readonly string[];
}

/** Sizes and times of objects; missing ones are absent from the result. */
export async function statObjects(
  rclone: Rclone,
  { root, kind, ids }: Asked,
  { signal }: CallOptions,
): Promise<ObjectStat[]> {
  if (ids.length === 0) return []; // an empty list means everything to rclone (I7)
  const byPath = new Map<string, Entry>();
  await rclone.must(statListed(root), {
    signal,
    input: listOf(ids.map((id) => objectPath(kind, id))),
    onLine: (line) => {
      const entry = readEntry(line);
      if (entry !== undefined) byPath.set(entry.path, entry);
    },
  });
  return ids.flatMap((id) => {
    const entry = byPath.get(objectPath(kind, id));
    return entry === undefined ? [] : [{ id, size: entry.size, mtimeMs: entry.mtimeMs }];
  });
}
