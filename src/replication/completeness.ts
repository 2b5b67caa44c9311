import type { Catalogue } from '../repository/catalogue.ts';
import { namesMinus, common, EMPTY_CATALOGUE, minus } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** What decides which snapshots are complete at a backend. */
export interface CompletenessQuestion {
  /** snapshots that are visible at the backend */
  readonly visible: Catalogue;
  /** snapshots at the source, with their right sizes; undefined while that is not known */
  readonly source?: Catalogue | undefined;
  /** snapshots that were complete there before */
  readonly proven?: Catalogue | undefined;
  readonly hasBaseline: boolean;
  /** a loss is known and not mended */
  readonly isDamaged: boolean;
}

/** Snapshots that are complete there: those of the source, and those that were complete before the source forgot them. */
export function completeSnapshots(question: CompletenessQuestion): Catalogue {
  const { visible, source = EMPTY_CATALOGUE, hasBaseline, isDamaged } = question;
  if (!hasBaseline || isDamaged) return EMPTY_CATALOGUE;
  const wrong = common(minus(visible, source), source);
  const right = wrong.count === 0 ? visible : minus(visible, wrong);
  const unproven = unprovenSnapshots(question);
  return unproven.count === 0 ? right : minus(right, unproven);
}

/**
 * Snapshots there of which nobody can say that they are complete: the source does not have them, and they never were complete
 * there. So they stay until the source has them again, or until a person retires them.
 */
export function unprovenSnapshots({
  visible,
  source = EMPTY_CATALOGUE,
  proven = EMPTY_CATALOGUE,
}: Pick<CompletenessQuestion, 'visible' | 'source' | 'proven'>): Catalogue {
  return namesMinus(namesMinus(visible, source), proven);
}

export interface MissingQuestion {
  readonly source: Catalogue;
  readonly complete: Catalogue;
  readonly times: SnapshotTimes;
  /** when the backend was set up or resumed, milliseconds since the epoch */
  readonly since: number;
  readonly now: number;
  /** what was known of this backend before; undefined for one that is seen for the first time */
  readonly before: MissingBefore | undefined;
}

export interface MissingBefore {
  readonly source: Catalogue;
  readonly missing: ReadonlyMap<string, number>;
}

/**
 * Source snapshots that are not complete at a backend, with the time since which they are owed:
 * max(time of s, the backend's since, when a loss was found). A loss dates only what was complete before it.
 */
export function missingSnapshots(question: MissingQuestion): ReadonlyMap<string, number> {
  const { source, complete } = question;
  return new Map(
    [...minus(source, complete).entries()].map(({ id }) => [id, owedSince(id, question)]),
  );
}

function owedSince(id: string, { times, since, now, before }: MissingQuestion): number {
  const arrivedAt = times.get(id)?.arrivedAt ?? now;
  const known = before?.missing.get(id);
  const wasComplete = known === undefined && before?.source.has(id) === true;
  const lossFoundAt = wasComplete ? now : 0;
  // the largest, not the known one alone: that may date from a look whose clock was behind
  return Math.min(Math.max(known ?? 0, arrivedAt, since, lossFoundAt), now);
}

/**
 * Since when a backend can owe anything. A time ahead of the clock was noted by a clock that was wrong: it would hide all
 * that is owed until it is reached.
 *
 * @param since of the marker; undefined when it was never seen
 * @param configuredAt when it was first seen in the configuration
 */
export function oweableSince(
  { since, configuredAt }: { readonly since?: number | undefined; readonly configuredAt: number },
  now: number,
): number {
  return [since, configuredAt].find((at) => at !== undefined && at <= now) ?? 0;
}

/** Whether any of it is owed since a time ahead of the clock. */
export function isOwedAhead(missing: ReadonlyMap<string, number>, now: number): boolean {
  for (const since of missing.values()) if (since > now) return true;
  return false;
}

/** now − the smallest owedSince, 0 when nothing is owed; milliseconds. */
export function lagOf(missing: ReadonlyMap<string, number>, now: number): number {
  if (missing.size === 0) return 0;
  let oldest = now;
  for (const since of missing.values()) oldest = Math.min(oldest, since);
  return now - oldest;
}
