import { disksOf } from './disks.ts';
import type { ClientFacts } from './facts.ts';
import { RESTORE_OUTCOMES, sumOfCounts, type RestoreCounts } from './restores.ts';

/** Counts the checks of all places of a client by outcome, including those of disks that are away. Pure. */
export function restoreCounts({
  source,
  backends,
}: Pick<ClientFacts, 'source' | 'backends'>): RestoreCounts {
  return sumOfCounts([source, ...[...backends.values()].flatMap(disksOf)]);
}

/** The number of these checks. */
export function restoreCheckCount(counts: RestoreCounts): number {
  return RESTORE_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
