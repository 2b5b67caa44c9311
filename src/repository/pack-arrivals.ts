import { Catalogue, common, EMPTY_CATALOGUE, minus } from './catalogue.ts';
import { dataCommon, dataMinus, flatten, type DataCatalogue } from './data-catalogue.ts';
import type { Objects } from './objects.ts';

/** Packs that came to the source between two valid views, and what was there in the view before: none of it needs them. */
export interface PackArrival {
  readonly packs: Catalogue;
  /** packs that left between the two views: one that comes back was not away before it was needed */
  readonly left?: Catalogue;
  readonly snapshots: Catalogue;
  readonly index: Catalogue;
}

/** What is remembered: so many arrivals, the newest ones, of so many packs each. What is not remembered has to wait. */
const MOST_ARRIVALS = 32;
const MOST_PACKS = 10_000;

/**
 * The arrivals, with those between two valid views. A pack counts by its name: one that was there, whatever its size, did
 * not come.
 */
export function noteArrival(
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

/** The packs of `a` that `b` has not, by name. */
function missingNames(a: DataCatalogue, b: DataCatalogue): Catalogue {
  return flatten(dataMinus(a, dataCommon(a, b)));
}

function withoutThoseThatLeft(packs: Catalogue, arrivals: readonly PackArrival[]): Catalogue {
  return arrivals.reduce(
    (rest, { left = EMPTY_CATALOGUE }) => minus(rest, common(rest, left)),
    packs,
  );
}

/** Indexes and snapshots of a view that need none of some packs. */
export type Spared = Pick<Objects, 'index' | 'snapshots'>;

/**
 * What of a view is known to need none of these packs. There is one rule, since nothing more can be seen without the password:
 * what was in a valid view that did not hold a pack does not need that pack, as restic writes packs before what refers to
 * them. A snapshot finds its data by the indexes of such a view, so all of these have to be there still.
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

/** Those of the arrivals that tell of some packs, as far as they do. */
export function arrivalsOf(
  packs: ReadonlySet<string>,
  arrivals: readonly PackArrival[],
): PackArrival[] {
  return arrivals.flatMap((arrival) => {
    const told = common(arrival.packs, Catalogue.from([...packs].map((id) => [id, undefined])));
    return told.count === 0 ? [] : [{ ...arrival, packs: told }];
  });
}
