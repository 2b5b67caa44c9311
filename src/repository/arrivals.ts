import type { Catalogue } from './catalogue.ts';

/**
 * In which order indexes came to a backend and snapshots became complete there, as far as it is known. An index that came after a
 * snapshot was complete is not needed by it. It is remembered as an order, not as times of two clocks.
 */
export interface Arrivals {
  /** the first digits of every index that was there since the backend has a baseline */
  readonly seen: ReadonlySet<string>;
  /** `index/ID` and `snapshots/ID`, the newest ones, in order */
  readonly order: readonly string[];
}

/** What is older is forgotten: then a snapshot is known to be older than what is left, and of an index nothing is known. */
const MOST = 2_000;
const DIGITS = 12;

/** Adds what a look found. Indexes come first: a snapshot of the same look may need them. Pure. */
export function noteArrivals(
  before: Arrivals | undefined,
  found: { readonly index: Catalogue; readonly proven: Catalogue },
): Arrivals {
  const fresh = [...found.index.entries()]
    .map(({ id }) => id)
    .filter((id) => before?.seen.has(id.slice(0, DIGITS)) !== true);
  const seen = fresh.length === 0 && before ? before.seen : withIds(before?.seen, fresh);
  if (before === undefined) return { seen, order: [] }; // whatever is there was there before what comes next
  const indexes = fresh.map((id) => `index/${id}`);
  const isEmpty = before.order.length + indexes.length === 0;
  const snapshots = isEmpty ? [] : [...found.proven.entries()].map(({ id }) => `snapshots/${id}`);
  if (indexes.length + snapshots.length === 0) return before;
  return { seen, order: [...before.order, ...indexes, ...snapshots].slice(-MOST) };
}

/** Whether a snapshot that is proven was complete before an index came. False where it is not known. Pure. */
export function wasCompleteBefore(
  arrivals: Arrivals | undefined,
  snapshot: string,
  index: string,
): boolean {
  const at = arrivals?.order.indexOf(`index/${index}`) ?? -1;
  return at >= 0 && (arrivals?.order.indexOf(`snapshots/${snapshot}`) ?? at) < at;
}

function withIds(
  seen: ReadonlySet<string> = new Set(),
  ids: readonly string[],
): ReadonlySet<string> {
  return new Set([...seen, ...ids.map((id) => id.slice(0, DIGITS))]);
}
