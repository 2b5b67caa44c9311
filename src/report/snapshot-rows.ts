import { EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import { awayDisks, countsAsSource, isSourceUnreachable, uncountedBackends } from './counting.ts';
import type { ClientFacts, DiskFacts } from '../facts/facts.ts';
import type { SourceGroups } from '../facts/source-groups.ts';
import type { SourceHealth } from '../facts/source-health.ts';
import type { ProtectionSettings } from './protection.ts';
import type { SnapshotRow } from './types.ts';

/** All known snapshots, newest first, and where they are. Those that were never seen at the source come last. Pure. */
export function snapshotRows(
  facts: ClientFacts,
  settings: ProtectionSettings,
  now: number,
): SnapshotRow[] {
  const { snapshots = EMPTY_CATALOGUE } = facts.source.contents;
  const uncounted = uncountedBackends(facts, settings, now);
  const away = awayDisks(facts, settings).filter(({ until }) => now < until);
  const describe = descriptions(facts.source.groups);
  const ids = new Set([...facts.history.times.entries()].map(([id]) => id));
  for (const { contents } of facts.backends.values())
    for (const { id } of (contents.unproven ?? EMPTY_CATALOGUE).entries()) ids.add(id);
  return [...ids]
    .map((id): SnapshotRow => {
      const snapshotAt = facts.history.times.get(id)?.time;
      const isAtSource = snapshots.has(id);
      const places: Record<string, Place> = { source: atSource(isAtSource, facts.source.health) };
      for (const [name, known] of facts.backends) {
        const place = placeOf({ id, isAtSource }, known);
        places[name] = place === 'complete' && uncounted.has(name) ? 'unreachable' : place;
      }
      for (const { backend, disk } of away)
        places[nameOfAway(backend, places)] = placeOf({ id, isAtSource }, disk);
      const copies = count(places, 'complete');
      const row = {
        id,
        copies,
        unreachableCopies: count(places, 'unreachable'),
        protected: copies >= settings.copies,
        ...describe(id),
        places,
      };
      return snapshotAt === undefined ? row : { ...row, snapshotAt };
    })
    .sort((a, b) => (b.snapshotAt ?? -Infinity) - (a.snapshotAt ?? -Infinity));
}

type Described = Pick<SnapshotRow, 'host' | 'paths' | 'hasMorePaths' | 'isUnreadable'>;

/** The host and paths of each snapshot, as far as they are known. */
function descriptions({ origins = [], unreadable }: SourceGroups): (id: string) => Described {
  const known = new Map<string, Described>();
  for (const { snapshots, host, paths, hasMorePaths } of origins) {
    if (host === undefined) continue;
    const described = { host, paths, ...(hasMorePaths && { hasMorePaths }) };
    for (const { id } of snapshots.entries()) known.set(id, described);
  }
  const isUnreadable = { isUnreadable: true } as const;
  for (const { id } of unreadable?.entries() ?? []) known.set(id, isUnreadable);
  return (id) => known.get(id) ?? {};
}

/** The state of a snapshot at a backend, or on a disk. */
function placeOf(
  { id, isAtSource }: { readonly id: string; readonly isAtSource: boolean },
  { contents: { complete, unproven } }: DiskFacts,
): Place {
  if (complete === undefined) return 'unknown';
  if (complete.has(id)) return 'complete';
  if (unproven?.has(id) === true) return 'unproven';
  return isAtSource ? 'missing' : 'gone';
}

type Place = SnapshotRow['places'][string];

/** It is unknown which snapshots need what has vanished, and what is in another repository. */
function atSource(isThere: boolean, source: SourceHealth): Place {
  if (!isThere) return 'gone';
  if (countsAsSource(source)) return 'complete';
  return isSourceUnreachable(source) ? 'unreachable' : 'unknown';
}

/** `usb (away)`, `usb (away 2)`: a column for each disk that takes turns with the one that is there. */
function nameOfAway(backend: string, places: Readonly<Record<string, Place>>): string {
  const first = `${backend} (away)`;
  if (!(first in places)) return first;
  const used = Object.keys(places).filter((name) => name.startsWith(`${backend} (away`)).length;
  return `${backend} (away ${used + 1})`;
}

function count(places: Readonly<Record<string, Place>>, wanted: Place): number {
  return Object.values(places).filter((place) => place === wanted).length;
}
