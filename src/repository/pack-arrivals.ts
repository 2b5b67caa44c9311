import { Catalogue, common, EMPTY_CATALOGUE, minus, namesMinus, namesToSet } from './catalogue.ts';
import { flatten, zipData, type DataCatalogue } from './data-catalogue.ts';
import type { Objects } from './objects.ts';

/** Packs that arrived at the source between two valid views, and what was in the earlier view, none of which needs them. */
export interface PackArrival {
  readonly packs: Catalogue;
  /** packs that left between the two views: one that comes back may have been needed before */
  readonly left?: Catalogue;
  readonly snapshots: Catalogue;
  readonly index: Catalogue;
}

/** Limits of what is remembered: the newest arrivals, and packs per arrival. Anything else has to wait. */
const MOST_ARRIVALS = 32;
const MOST_PACKS = 10_000;

/**
 * Adds the arrivals between two valid views. Packs are compared by name: one that was there with any size did not arrive.
 */
export function recordArrival(
  arrivals: readonly PackArrival[],
  before: Objects,
  now: Objects,
): readonly PackArrival[] {
  if (before.data === now.data) return arrivals;
  const left = missingNames(before.data, now.data);
  const packs = withoutThoseThatLeft(missingNames(now.data, before.data), arrivals);
  if (packs.count + left.count === 0 || packs.count + left.count > MOST_PACKS) return arrivals;
  const { snapshots, index } = before;
  return [...arrivals, { packs, left, snapshots, index }].slice(-MOST_ARRIVALS);
}

/** The packs of `a` that are not in `b`, by name. */
function missingNames(a: DataCatalogue, b: DataCatalogue): Catalogue {
  return flatten(zipData(a, b, namesMinus));
}

function withoutThoseThatLeft(packs: Catalogue, arrivals: readonly PackArrival[]): Catalogue {
  return arrivals.reduce((rest, { left = EMPTY_CATALOGUE }) => namesMinus(rest, left), packs);
}

/** Indexes and snapshots of a view that need none of some packs. */
export type Spared = Pick<Objects, 'index' | 'snapshots'>;

/**
 * The parts of a view that are known to need none of these packs. There is one rule, because more cannot be seen without the
 * password: objects in a valid view without a pack do not need that pack, because restic writes packs before anything that refers
 * to them. A snapshot finds its data through the indexes of such a view, so all of these must still be there.
 */
export function sparedBy(
  packs: readonly string[],
  arrivals: readonly PackArrival[],
  view: Objects,
): Spared {
  const before = packs.map((id) => arrivals.findLast((arrival) => arrival.packs.has(id)));
  let { index, snapshots } = view;
  for (const arrival of before) {
    if (arrival === undefined) return NOTHING;
    index = common(index, arrival.index);
    snapshots = common(snapshots, arrival.snapshots);
  }
  const isWhole = before.some((arrival) => arrival && minus(arrival.index, index).count === 0);
  return isWhole ? { index, snapshots } : NOTHING;
}

const NOTHING: Spared = { index: EMPTY_CATALOGUE, snapshots: EMPTY_CATALOGUE };

/** The arrivals of some packs, limited to these packs. */
export function arrivalsOf(
  packs: ReadonlySet<string>,
  arrivals: readonly PackArrival[],
): PackArrival[] {
  return arrivals.flatMap((arrival) => {
    const known = common(arrival.packs, namesToSet(packs));
    return known.count === 0 ? [] : [{ ...arrival, packs: known }];
  });
}
