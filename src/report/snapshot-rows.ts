import { EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import type { ClientFacts } from './facts.ts';
import { isDoubtful } from './doubtful.ts';
import type { SnapshotRow, SourceStateName } from './types.ts';

/** Every remembered snapshot, newest first, and where it is. Pure. */
export function snapshotRows(facts: ClientFacts, expectedCopies: number): SnapshotRow[] {
  const { snapshots = EMPTY_CATALOGUE, state } = facts.source;
  return [...facts.times.entries()]
    .map(([id, { time }]) => {
      const isAtSource = snapshots.has(id);
      const places: Record<string, SnapshotRow['places'][string]> = {
        source: atSource(isAtSource, state),
      };
      for (const [name, { complete }] of facts.backends) {
        if (complete === undefined) places[name] = 'unknown';
        else if (complete.has(id)) places[name] = 'complete';
        else places[name] = isAtSource ? 'missing' : 'gone';
      }
      const copies = Object.values(places).filter((place) => place === 'complete').length;
      return { id, snapshotAt: time, copies, protected: copies >= expectedCopies, places };
    })
    .sort((a, b) => b.snapshotAt - a.snapshotAt);
}

/** Nobody knows which snapshots need what has vanished. */
function atSource(isThere: boolean, state: SourceStateName): SnapshotRow['places'][string] {
  if (!isThere) return 'gone';
  return isDoubtful(state) ? 'unknown' : 'complete';
}
