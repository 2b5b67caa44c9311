import { EMPTY_CATALOGUE, namesMinus, plus, type Catalogue } from './catalogue.ts';
import { DataCatalogue } from './data-catalogue.ts';

/** The summary of the packs in one directory of `data/` in the state file: enough to detect that some are gone (I8). */
export interface ShardSummary {
  readonly count: number;
  /** a digest of the ids, in base64 */
  readonly digest: string;
}

/** The packs that should be in one directory of `data/`: their ids, or after a restart perhaps only a summary. */
export type ExpectedShard = Catalogue | ShardSummary;

/** The packs that should be at a source, one entry for each of the 256 directories of `data/`. */
export type ExpectedPacks = readonly ExpectedShard[];

/** The difference between the packs that are there and those that are expected. */
export interface PackChanges {
  /** packs that are gone */
  readonly gone: number;
  /** their ids; undefined if some ids are not remembered */
  readonly goneIds: DataCatalogue | undefined;
  /** the number of new packs; if ids are not remembered, only the increase in number */
  readonly arrived: number;
  /** a directory with only a summary has enough packs, but not the same ones: some may be gone */
  readonly isUncertain: boolean;
}

/** Sizes do not matter here: a pack exists if its name does. */
export function comparePacks(expected: ExpectedPacks, present: DataCatalogue): PackChanges {
  let [gone, arrived, hasIds, isUncertain] = [0, 0, true, false];
  const goneIds = present.shards.map((shard, i) => {
    const known = expected[i] ?? EMPTY_CATALOGUE;
    if ('ids' in known) {
      const ids = namesMinus(known, shard);
      gone += ids.count;
      arrived += shard.count - (known.count - ids.count);
      return ids;
    }
    const missing = isSame(known, shard) ? 0 : known.count - shard.count;
    gone += Math.max(0, missing);
    arrived += Math.max(0, -missing);
    hasIds &&= missing <= 0;
    isUncertain ||= missing <= 0 && !isSame(known, shard);
    return EMPTY_CATALOGUE;
  });
  const known = hasIds ? new DataCatalogue(goneIds) : undefined;
  return { gone, arrived, goneIds: known, isUncertain };
}

/**
 * The expected packs from now on: all that are there, and those that are missing until that is explained.
 *
 * @param hasLoss packs were missing before this check, so more packs in a directory with only a summary do not show that the
 * missing ones are back
 */
export function expectPresent(
  expected: ExpectedPacks,
  present: DataCatalogue,
  { hasLoss }: { readonly hasLoss: boolean },
): ExpectedPacks {
  return present.shards.map((shard, i) => {
    const known = expected[i] ?? EMPTY_CATALOGUE;
    if ('ids' in known) return plus(shard, namesMinus(known, shard));
    return isSame(known, shard) || (!hasLoss && shard.count >= known.count) ? shard : known;
  });
}

/** Removes packs that are known by name. */
export function withoutPacks(expected: ExpectedPacks, gone: DataCatalogue): ExpectedPacks {
  return expected.map((known, i) => {
    const lost = gone.shards[i] ?? EMPTY_CATALOGUE;
    if ('ids' in known) return namesMinus(known, lost);
    return lost.count === 0 ? known : { count: Math.max(0, known.count - lost.count), digest: '' };
  });
}

export function countExpected(expected: ExpectedPacks): number {
  return expected.reduce((sum, { count }) => sum + count, 0);
}

/** Replaces summaries with remembered ids that match them. */
export function recallPacks(expected: ExpectedPacks, remembered: DataCatalogue): ExpectedPacks {
  return expected.map((known, i) => {
    const shard = remembered.shards[i] ?? EMPTY_CATALOGUE;
    return !('ids' in known) && isSame(known, shard) ? shard : known;
  });
}

export function summarise(shard: ExpectedShard): ShardSummary {
  if (!('ids' in shard)) return shard;
  return { count: shard.count, digest: shard.count === 0 ? '' : shard.digest };
}

function isSame(known: ShardSummary, shard: Catalogue): boolean {
  return known.count === shard.count && summarise(shard).digest === known.digest;
}
