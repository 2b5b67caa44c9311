import { EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import type { ClientFacts } from './facts.ts';
import type { SnapshotRow } from './types.ts';

/** Every remembered snapshot, newest first, and where it is. Pure. */
export function snapshotRows(facts: ClientFacts, expectedCopies: number): SnapshotRow[] {
  const { snapshots = EMPTY_CATALOGUE } = facts.source;
  return [...facts.times.entries()]
    .map(([id, { time }]) => {
      const isAtSource = snapshots.has(id);
      const places: Record<string, SnapshotRow['places'][string]> = {
        source: isAtSource ? 'complete' : 'gone',
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
