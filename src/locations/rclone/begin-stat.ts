import { objectPath } from '../../repository/names.ts';
import type { BegunStat, CallOptions } from '../location.ts';
import { listOf, statListed } from './arguments.ts';
import { readEntry, type Entry } from './listing.ts';
import type { Rclone } from './rclone.ts';

interface Place {
  readonly rclone: Rclone;
  /** ends in a slash */
  readonly root: string;
}

/**
 * Starts an rclone that waits for the list of objects to check. Only a check may start like this: if we are killed, rclone reads
 * an empty list, which means everything to it (I7).
 */
export function beginStat({ rclone, root }: Place, { signal }: CallOptions): BegunStat {
  const stop = new AbortController();
  let ask: (list: string) => void = () => undefined;
  const list = new Promise<string>((resolve) => {
    ask = resolve;
  });
  const byPath = new Map<string, Entry>();
  const stats = rclone.must(statListed(root), {
    signal: AbortSignal.any([signal, stop.signal]),
    input: list,
    onLine: (line) => {
      const entry = readEntry(line);
      if (entry !== undefined) byPath.set(entry.path, entry);
    },
  });
  stats.catch(() => undefined); // thrown when it is asked
  return {
    stat: async (kind, ids) => {
      ask(listOf(ids.map((id) => objectPath(kind, id))));
      await stats;
      return ids.flatMap((id) => {
        const entry = byPath.get(objectPath(kind, id));
        return entry === undefined ? [] : [{ id, size: entry.size, mtimeMs: entry.mtimeMs }];
      });
    },
    end: () => stop.abort(),
  };
}
