import { disksOf } from './disks.ts';
import type { ClientFacts } from './facts.ts';
import { RESTORE_OUTCOMES, type RestoreOutcome } from './restores.ts';

export type RestoreCounts = Readonly<Record<RestoreOutcome, number>>;

/** How the checks of all places of a client ended, those of disks that are away included. Pure. */
export function restoreCounts({
  source,
  backends,
}: Pick<ClientFacts, 'source' | 'backends'>): RestoreCounts {
  const places = [source, ...[...backends.values()].flatMap(disksOf)];
  const sum = (outcome: RestoreOutcome) =>
    places.reduce((total, { restores }) => total + (restores.restoreCounts?.[outcome] ?? 0), 0);
  return { ok: sum('ok'), failed: sum('failed'), inconclusive: sum('inconclusive') };
}

/** How many checks that were. */
export function restoreCheckCount(counts: RestoreCounts): number {
  return RESTORE_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
