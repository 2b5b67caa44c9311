import { EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import { countsAsSource, isSourceUnreachable, uncountedBackends } from './counting.ts';
import type { ClientFacts, SourceFacts } from './facts.ts';
import type { ProtectionSettings } from './protection.ts';
import type { SnapshotRow } from './types.ts';

/** Every snapshot that is known, newest first, and where it is. Those that were never seen at the source come last. Pure. */
export function snapshotRows(
  facts: ClientFacts,
  settings: ProtectionSettings,
  now: number,
): SnapshotRow[] {
  const { snapshots = EMPTY_CATALOGUE } = facts.source;
  const uncounted = uncountedBackends(facts, settings, now);
  const ids = new Set([...facts.times.entries()].map(([id]) => id));
  for (const { unproven = EMPTY_CATALOGUE } of facts.backends.values())
    for (const { id } of unproven.entries()) ids.add(id);
  return [...ids]
    .map((id): SnapshotRow => {
      const snapshotAt = facts.times.get(id)?.time;
      const isAtSource = snapshots.has(id);
      const places: Record<string, Place> = { source: atSource(isAtSource, facts.source) };
      for (const [name, { complete, unproven }] of facts.backends) {
        if (complete === undefined) places[name] = 'unknown';
        else if (complete.has(id)) places[name] = uncounted.has(name) ? 'unreachable' : 'complete';
        else if (unproven?.has(id) === true) places[name] = 'unproven';
        else places[name] = isAtSource ? 'missing' : 'gone';
      }
      const copies = count(places, 'complete');
      const row = {
        ...{ id, copies, unreachableCopies: count(places, 'unreachable') },
        ...{ protected: copies >= settings.copies, places },
      };
      return snapshotAt === undefined ? row : { ...row, snapshotAt };
    })
    .sort((a, b) => (b.snapshotAt ?? -Infinity) - (a.snapshotAt ?? -Infinity));
}

type Place = SnapshotRow['places'][string];

/** Nobody knows which snapshots need what has vanished, nor what is in another repository. */
function atSource(isThere: boolean, source: SourceFacts): Place {
  if (!isThere) return 'gone';
  if (countsAsSource(source)) return 'complete';
  return isSourceUnreachable(source) ? 'unreachable' : 'unknown';
}

function count(places: Readonly<Record<string, Place>>, wanted: Place): number {
  return Object.values(places).filter((place) => place === wanted).length;
}
