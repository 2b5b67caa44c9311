import type { Catalogue } from './catalogue.ts';

/**
 * The known order in which indexes arrived at a backend and snapshots became complete there. A snapshot does not need an index
 * that arrived after it was complete. This is an order and not a set of times, because times come from different clocks.
 */
export interface Arrivals {
  /** the first digits of every index that was seen there since the baseline */
  readonly seen: ReadonlySet<string>;
  /** `index/ID` and `snapshots/ID`, oldest first; only the newest are kept */
  readonly order: readonly string[];
}

/**
 * The number of entries kept. A complete snapshot that is no longer among them was complete before all that are. For an index,
 * this means nothing.
 */
const MOST = 2_000;
const BEFORE_ALL = -1;
const DIGITS = 12;

/** Adds what a check found. Indexes come first, because a snapshot in the same check may need them. Pure. */
export function recordArrivals(
  before: Arrivals | undefined,
  found: { readonly index: Catalogue; readonly proven: Catalogue },
): Arrivals {
  const fresh = [...found.index.entries()]
    .map(({ id }) => id)
    .filter((id) => before?.seen.has(id.slice(0, DIGITS)) !== true);
  const seen = fresh.length === 0 && before ? before.seen : withIds(before?.seen, fresh);
  if (before === undefined) return { seen, order: [] }; // all of it was there before anything that comes next
  const indexes = fresh.map((id) => `index/${id}`);
  const isEmpty = before.order.length + indexes.length === 0;
  const snapshots = isEmpty ? [] : [...found.proven.entries()].map(({ id }) => `snapshots/${id}`);
  if (indexes.length + snapshots.length === 0) return before;
  return { seen, order: [...before.order, ...indexes, ...snapshots].slice(-MOST) };
}

/**
 * Finds a snapshot that may need an index: one that is not known to have been complete before the index arrived. Pure.
 *
 * @param isWhole whether a snapshot is known to be complete
 * @returns a function from an index to such a snapshot; undefined if none needs it
 */
export function findNeeding(
  arrivals: Arrivals | undefined,
  snapshots: Iterable<string>,
  isWhole: (snapshot: string) => boolean,
): (index: string) => string | undefined {
  const order = new Map((arrivals?.order ?? []).map((path, i) => [path, i]));
  let last: { readonly id: string; readonly at: number } | undefined;
  for (const id of snapshots) {
    const at = isWhole(id) ? (order.get(`snapshots/${id}`) ?? BEFORE_ALL) : Infinity;
    if (last === undefined || at > last.at) last = { id, at };
  }
  return (index) =>
    last !== undefined && (order.get(`index/${index}`) ?? BEFORE_ALL) <= last.at
      ? last.id
      : undefined;
}

function withIds(
  seen: ReadonlySet<string> = new Set(),
  ids: readonly string[],
): ReadonlySet<string> {
  return new Set([...seen, ...ids.map((id) => id.slice(0, DIGITS))]);
}
