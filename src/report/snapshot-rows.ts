import { EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import type { ClientFacts } from './facts.ts';
import { isDoubtful } from './doubtful.ts';
import type { SnapshotRow, SourceStateName } from './types.ts';

/** Every snapshot that is known, newest first, and where it is. Those that were never seen at the source come last. Pure. */
export function snapshotRows(facts: ClientFacts, expectedCopies: number): SnapshotRow[] {
  const { snapshots = EMPTY_CATALOGUE, state } = facts.source;
  const ids = new Set([...facts.times.entries()].map(([id]) => id));
  for (const { unproven = EMPTY_CATALOGUE } of facts.backends.values())
    for (const { id } of unproven.entries()) ids.add(id);
  return [...ids]
    .map((id): SnapshotRow => {
      const snapshotAt = facts.times.get(id)?.time;
      const isAtSource = snapshots.has(id);
      const places: Record<string, SnapshotRow['places'][string]> = {
        source: atSource(isAtSource, state),
      };
      for (const [name, { complete, unproven }] of facts.backends) {
        if (complete === undefined) places[name] = 'unknown';
        else if (complete.has(id)) places[name] = 'complete';
        else if (unproven?.has(id) === true) places[name] = 'unproven';
        else places[name] = isAtSource ? 'missing' : 'gone';
      }
      const copies = Object.values(places).filter((place) => place === 'complete').length;
      const row = { id, copies, protected: copies >= expectedCopies, places };
      return snapshotAt === undefined ? row : { ...row, snapshotAt };
    })
    .sort((a, b) => (b.snapshotAt ?? -Infinity) - (a.snapshotAt ?? -Infinity));
}

/** Nobody knows which snapshots need what has vanished. */
function atSource(isThere: boolean, state: SourceStateName): SnapshotRow['places'][string] {
  if (!isThere) return 'gone';
  return isDoubtful(state) ? 'unknown' : 'complete';
}
