import type { Catalogue } from '../repository/catalogue.ts';
import { namesMinus, common, EMPTY_CATALOGUE, minus } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** The facts that decide which snapshots are complete at a backend. */
export interface CompletenessQuestion {
  /** snapshots that are visible at the backend */
  readonly visible: Catalogue;
  /** snapshots at the source, with their correct sizes; undefined while unknown */
  readonly source?: Catalogue | undefined;
  /** snapshots that were complete there before */
  readonly proven?: Catalogue | undefined;
  readonly hasBaseline: boolean;
  /** a loss is known and not repaired */
  readonly isDamaged: boolean;
}

/** Returns the complete snapshots: those of the source, and those that were complete before the source forgot them. */
export function completeSnapshots(question: CompletenessQuestion): Catalogue {
  const { visible, source = EMPTY_CATALOGUE, hasBaseline, isDamaged } = question;
  if (!hasBaseline || isDamaged) return EMPTY_CATALOGUE;
  const wrong = common(minus(visible, source), source);
  const right = wrong.count === 0 ? visible : minus(visible, wrong);
  const unproven = unprovenSnapshots(question);
  return unproven.count === 0 ? right : minus(right, unproven);
}

/**
 * Returns snapshots whose completeness is unknown: the source does not have them, and they were never complete there. They stay
 * until the source has them again, or until a person retires them.
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
  /** what was known about this backend before; undefined if it is new */
  readonly before: MissingBefore | undefined;
}

export interface MissingBefore {
  readonly source: Catalogue;
  readonly missing: ReadonlyMap<string, number>;
}

/**
 * Returns the source snapshots that are not complete at a backend, each with the time since when it is owed: max(time of the
 * snapshot, set-up of the backend, when a loss was found). A loss only affects what was complete before it.
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
  // the largest, and not just the known one, which may come from a check with a slow clock
  return Math.min(Math.max(known ?? 0, arrivedAt, since, lossFoundAt), now);
}

/**
 * Since when a backend can owe anything. A time ahead of the clock was recorded by a wrong clock, and would hide everything owed
 * until then.
 *
 * @param since from the marker; undefined if that was never seen
 * @param configuredAt when it was first seen in the configuration
 */
export function oweableSince(
  { since, configuredAt }: { readonly since?: number | undefined; readonly configuredAt: number },
  now: number,
): number {
  return [since, configuredAt].find((at) => at !== undefined && at <= now) ?? 0;
}

/** Whether anything is owed since a time ahead of the clock. */
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
