import type { Catalogue } from './catalogue.ts';
import { DataCatalogue, EMPTY_DATA } from './data-catalogue.ts';
import type { Objects } from './objects.ts';

/** The summary of one set of objects whose names are not remembered: enough to detect that something vanished. */
export interface SetSummary {
  readonly count: number;
  /** sum of the sizes */
  readonly bytes: number;
  /** a digest of the ids */
  readonly digest: string;
}

/** The objects that should be at a place, as last proven: a summary of each set, and perhaps the names. */
export interface Held {
  /** in the order of `setsOf` */
  readonly summaries: readonly SetSummary[];
  /** undefined when only the summaries are remembered */
  readonly objects?: Objects | undefined;
}

/** The sets of a place, one for each of its directories: keys, index, snapshots, then those of `data/`. */
export function setsOf({ keys, index, snapshots, data }: Objects): Catalogue[] {
  return [keys, index, snapshots, ...data.shards];
}

/** The position of the snapshots among them. */
export const SNAPSHOTS = 2;

export const SET_COUNT = 3 + EMPTY_DATA.shards.length;

/**
 * The reverse of `setsOf`.
 *
 * @throws Error when there are fewer than three sets
 */
export function objectsOf(sets: readonly Catalogue[]): Objects {
  const [keys, index, snapshots, ...shards] = sets;
  if (keys === undefined || index === undefined || snapshots === undefined)
    throw new Error('a place has at least three sets of objects');
  return { keys, index, snapshots, data: new DataCatalogue(shards) };
}

/** Computes summaries when they are first needed. */
export function heldOf(objects: Objects): Held {
  return {
    objects,
    get summaries() {
      return setsOf(objects).map(({ count, bytes, digest }) => ({ count, bytes, digest }));
    },
  };
}

/** Whether a set matches a summary. */
export function isSummaryOf(summary: SetSummary, set: Catalogue): boolean {
  return set.count === summary.count && set.bytes === summary.bytes && hasSameIds(summary, set);
}

export function hasSameIds({ count, digest }: SetSummary, set: Catalogue): boolean {
  return set.count === count && set.digest === digest;
}
