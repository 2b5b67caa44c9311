import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchOf } from '../../kinds/traits.ts';
import { errorCode } from '../../runtime/system-error.ts';
import { plural } from '../../runtime/plural.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';
import type { Site } from '../site.ts';

/** The limits of this user, and what was possible within them. */
export interface Watches {
  /** as many directories could be watched in addition */
  readonly possible: number;
  readonly wanted: number;
  /** a daemon has its watches already, and this is one more */
  readonly isRunning?: boolean;
  /** the code of the error of the first one that could not: `ENOSPC`, `EMFILE` */
  readonly code?: string;
  /** fs.inotify.max_user_watches and max_user_instances; undefined if they are not visible */
  readonly maxWatches: number | undefined;
  readonly maxInstances: number | undefined;
}

/** Whether the sources can be watched. Tries it, because the limit is shared with all other programs of the user. */
export const inotify: Check = {
  name: 'inotify',
  run: async (site) => {
    const directories = watched(site);
    if (directories.length === 0) return [];
    const isRunning = site.units.some(({ daemon }) => daemon === 'runs');
    // a running daemon already has its own; one more shows whether there is room
    const wanted = isRunning ? directories.slice(0, 1) : directories;
    const tried = tryToWatch(wanted);
    const [maxWatches, maxInstances] = await Promise.all(
      ['max_user_watches', 'max_user_instances'].map(limit),
    );
    return judgeWatches({ ...tried, wanted: wanted.length, isRunning, maxWatches, maxInstances });
  },
};

function watched({ config, places }: Site): string[] {
  const usable = new Set(places.flatMap(({ role, client }) => (role === 'source' ? [client] : [])));
  return (config?.clients ?? []).flatMap(({ name, source }) => {
    const { directory } = watchOf(source);
    return directory !== undefined && usable.has(name) ? [join(directory, 'snapshots')] : [];
  });
}

function tryToWatch(directories: readonly string[]): Pick<Watches, 'possible' | 'code'> {
  const watchers: FSWatcher[] = [];
  let missing = 0;
  try {
    for (const directory of directories) {
      try {
        watchers.push(watch(directory, { persistent: false }));
      } catch (error) {
        const code = errorCode(error);
        if (LIMITS[code] !== undefined) return { possible: watchers.length + missing, code };
        missing += 1; // an empty source, for example
      }
    }
    return { possible: directories.length };
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

async function limit(name: string): Promise<number | undefined> {
  const text = await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => '');
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

const LIMITS: Readonly<Record<string, 'max_user_watches' | 'max_user_instances'>> = {
  ENOSPC: 'max_user_watches',
  EMFILE: 'max_user_instances',
};
const ENOUGH = { max_user_watches: 524_288, max_user_instances: 1024 };

/** Pure. */
export function judgeWatches({
  possible,
  wanted,
  isRunning = false,
  code = '',
  maxWatches,
  maxInstances,
}: Watches): readonly Judgement[] {
  const name = LIMITS[code];
  if (name === undefined && isRunning)
    return [{ severity: 'ok', message: 'there is room for more watches' }];
  if (name === undefined)
    return [{ severity: 'ok', message: `${plural(wanted, 'source')} can be watched` }];
  const current = name === 'max_user_watches' ? maxWatches : maxInstances;
  const limitInWords = `fs.inotify.${name} (${current ?? 'unknown'})`;
  const more = Math.max(ENOUGH[name], 2 * (current ?? 0));
  return [
    {
      severity: 'warning',
      message: isRunning
        ? `${limitInWords} is used up, so sources may be polled only`
        : `only ${possible} of ${plural(wanted, 'source')} can be watched, because ${limitInWords} is used up; the others are only polled`,
      hint: `as root, run: sysctl -w fs.inotify.${name}=${more} && echo fs.inotify.${name}=${more} > /etc/sysctl.d/60-backup-syncd.conf`,
    },
  ];
}
