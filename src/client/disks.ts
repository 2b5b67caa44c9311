import type { LookFacts } from '../backends/backend.ts';
import type { BackendConfig } from '../config/types.ts';
import type { BackendFacts, DiskFacts } from '../report/facts.ts';
import { NO_OBJECTS } from '../repository/objects.ts';

/** Disks of one backend that are remembered beside the one that is there. */
const MOST_DISKS = 8;

/** What is not known of a place because it was known of another one. */
export const OF_ANOTHER_PLACE = {
  ...{ up: undefined, lastContact: undefined, lastListing: undefined },
  ...{ missing: undefined, evaluatedFor: undefined, complete: undefined, latest: undefined },
  ...{ baselineAt: undefined, told: undefined, wholeConfig: undefined },
  ...{ proven: undefined, unproven: undefined, arrivals: undefined },
  ...{ keys: undefined, staleKeys: undefined },
  ...{ objects: undefined, bytes: undefined, freeBytes: undefined, totalBytes: undefined },
  ...{ lost: NO_OBJECTS, lostUnnamed: undefined, held: undefined },
} satisfies Partial<BackendFacts>;

/** What a look changes in what is known of a backend. What a script brings to another place was never known there. Pure. */
export function whatChanges(
  known: BackendFacts,
  { replaces = [], ...found }: LookFacts,
  kind: BackendConfig['kind'],
): Partial<BackendFacts> {
  const { markerId } = found;
  const isOther = known.markerId !== undefined && known.markerId !== markerId;
  if (!isOther) return found;
  if (kind === 'script' || markerId === undefined) return { ...OF_ANOTHER_PLACE, ...found };
  return { ...exchangeDisks(known, { markerId, replaces }), ...found };
}

/** The disk that a look has found. */
interface FoundDisk {
  readonly markerId: string;
  /** former ids of its marker: the same disk */
  readonly replaces: readonly string[];
}

/**
 * What is known of a backend when another disk is found where one was: what is remembered of that disk, if it was there
 * before. What was known of the first one is kept for its return. Pure.
 */
export function exchangeDisks(known: BackendFacts, found: FoundDisk): Partial<BackendFacts> {
  const disks = new Map(known.disks);
  if (known.markerId !== undefined && known.complete !== undefined)
    disks.set(known.markerId, diskFacts(known));
  const back = disks.get(found.markerId);
  for (const id of [found.markerId, ...found.replaces]) disks.delete(id);
  return { ...OF_ANOTHER_PLACE, ...back, disks: new Map(latestOf(disks)) };
}

function diskFacts(known: BackendFacts): DiskFacts {
  const { since, baselineAt, lastContact, lastListing, missing, evaluatedFor } = known;
  const { complete, latest, proven, unproven, arrivals, lost, lostUnnamed, held } = known;
  const { keys, staleKeys, objects, bytes } = known;
  return {
    ...{ since, baselineAt, lastContact, lastListing, missing, evaluatedFor },
    ...{ complete, latest, proven, unproven, arrivals, lost, lostUnnamed, held },
    ...{ keys, staleKeys, objects, bytes },
  };
}

/** Those that were there last: a disk that was thrown away is forgotten at some time. */
function latestOf(disks: ReadonlyMap<string, DiskFacts>): [string, DiskFacts][] {
  return [...disks]
    .sort(([, a], [, b]) => (b.lastContact ?? 0) - (a.lastContact ?? 0))
    .slice(0, MOST_DISKS);
}
