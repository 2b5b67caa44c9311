import type { Catalogue } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** What a backend owes, or undefined for all of it where nothing is known of the backend. */
export interface Owing {
  /** by snapshot: since when it is owed; undefined when nothing was ever seen there */
  readonly missing: ReadonlyMap<string, number> | undefined;
  /** when it was set up or first configured, milliseconds since the epoch */
  readonly since: number;
}

export interface ProtectionQuestion {
  readonly source: Catalogue;
  readonly times: SnapshotTimes;
  readonly backends: readonly Owing[];
  /** since when the source counts as no copy, milliseconds since the epoch; undefined while it does */
  readonly sourceOwesSince?: number | undefined;
  /** places a snapshot should be in, the source counting as one */
  readonly expectedCopies: number;
}

export interface ProtectionAnswer {
  /** places of the newest snapshot; undefined when there is none */
  readonly copies: number | undefined;
  readonly protectedSnapshotAt: number | undefined;
  readonly unprotected: number;
  /** since when the longest-waiting unprotected snapshot has been owed by enough backends; milliseconds since the epoch */
  readonly unprotectedSince: number | undefined;
}

/**
 * A snapshot is protected when it is complete in at least `expectedCopies` places. With n backends of which k are needed,
 * it is unprotected while at least n − k + 1 of them owe it: since the time when that many had come to owe it.
 */
export function protectionOf(question: ProtectionQuestion): ProtectionAnswer {
  const answer: Mutable = {
    copies: undefined,
    protectedSnapshotAt: undefined,
    unprotected: 0,
    unprotectedSince: undefined,
  };
  const { source, times, backends } = question;
  const isAnyOwed =
    question.sourceOwesSince !== undefined ||
    backends.some(({ missing }) => missing === undefined || missing.size > 0);
  let newestAt = -Infinity;
  times.of(source).forEach((known, i) => {
    const time = Number.isNaN(known) ? 0 : known;
    const owed = isAnyOwed ? owedSince(source.idAt(i), question) : [];
    const copies = note({ time, owed }, question, answer);
    if (time >= newestAt) [newestAt, answer.copies] = [time, copies];
  });
  return answer;
}

type Mutable = { -readonly [K in keyof ProtectionAnswer]: ProtectionAnswer[K] };

/** Since when the places that owe it do, the longest first: a source that counts as no copy is one of them. */
function owedSince(id: string, { backends, times, sourceOwesSince }: ProtectionQuestion): number[] {
  const arrivedAt = times.get(id)?.arrivedAt ?? 0;
  const owed = backends.map(({ missing, since }) =>
    missing === undefined ? Math.max(arrivedAt, since) : missing.get(id),
  );
  const bySource = sourceOwesSince === undefined ? undefined : Math.max(arrivedAt, sourceOwesSince);
  return [...owed, bySource].filter((at) => at !== undefined).sort((a, b) => a - b);
}

/** Adds one snapshot to the answer; answers in how many places it is. */
function note(
  { time, owed }: { readonly time: number; readonly owed: readonly number[] },
  { backends, expectedCopies }: ProtectionQuestion,
  answer: Mutable,
): number {
  const copies = 1 + backends.length - owed.length;
  if (copies >= expectedCopies) {
    answer.protectedSnapshotAt = Math.max(answer.protectedSnapshotAt ?? -Infinity, time);
    return copies;
  }
  answer.unprotected += 1;
  const enough = owed[backends.length - (expectedCopies - 1)] ?? owed.at(-1) ?? Infinity;
  answer.unprotectedSince = Math.min(answer.unprotectedSince ?? Infinity, enough);
  return copies;
}
