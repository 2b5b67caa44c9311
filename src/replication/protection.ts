import type { Catalogue } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** The snapshots that a backend owes; all values are undefined if nothing is known about the backend. */
export interface Owing {
  /** since when each snapshot is owed; undefined if nothing was ever seen there */
  readonly missing: ReadonlyMap<string, number> | undefined;
  /** when it was set up or first configured, milliseconds since the epoch */
  readonly since: number;
  /** since when it has not counted as a copy, because it was not reached; undefined while it counts */
  readonly uncountedSince?: number | undefined;
}

export interface ProtectionQuestion {
  readonly source: Catalogue;
  readonly times: SnapshotTimes;
  readonly backends: readonly Owing[];
  /** disks that take turns at backends and are away now; each is a separate place */
  readonly away?: readonly Owing[];
  /** since when the source has not counted as a copy, milliseconds since the epoch; undefined while it does */
  readonly sourceUncountedSince?: number | undefined;
  /** the number of places that a snapshot should be in, including the source */
  readonly expectedCopies: number;
}

export interface ProtectionAnswer {
  /** the number of places that count and have the newest snapshot; undefined when there is no snapshot */
  readonly copies: number | undefined;
  /** backends at which the newest snapshot was complete when they were last seen, and which do not count now */
  readonly unreachableCopies: number;
  readonly protectedSnapshotAt: number | undefined;
  readonly unprotected: number;
  /** since when the unprotected snapshot that has waited longest has been in too few places; milliseconds since the epoch */
  readonly unprotectedSince: number | undefined;
}

/**
 * A snapshot is protected when it is complete in at least `expectedCopies` places that count. With n backends of which k are
 * needed, it is unprotected while at least n − k + 1 of them lack it: since the time when that many had come to lack it. A place
 * that no longer counts lacks its copies since it stopped counting, so that a copy made years ago is not missing for years.
 */
export function protectionOf({ away = [], ...asked }: ProtectionQuestion): ProtectionAnswer {
  const question = { ...asked, backends: [...asked.backends, ...away] };
  const answer: Mutable = {
    copies: undefined,
    unreachableCopies: 0,
    protectedSnapshotAt: undefined,
    unprotected: 0,
    unprotectedSince: undefined,
  };
  const { source, times, backends, sourceUncountedSince } = question;
  const isAnyLacking =
    sourceUncountedSince !== undefined ||
    backends.some(
      ({ missing, uncountedSince }) =>
        missing === undefined || missing.size > 0 || uncountedSince !== undefined,
    );
  let [newest, newestAt] = [-1, -Infinity];
  times.of(source).forEach((known, i) => {
    const time = Number.isNaN(known) ? 0 : known;
    const lacking = isAnyLacking ? lackingSince(source.idAt(i), question) : [];
    const copies = addSnapshot({ time, lacking }, question, answer);
    if (time >= newestAt) [newest, newestAt, answer.copies] = [i, time, copies];
  });
  if (newest >= 0) answer.unreachableCopies = countUnreachable(source.idAt(newest), asked.backends);
  return answer;
}

type Mutable = { -readonly [K in keyof ProtectionAnswer]: ProtectionAnswer[K] };

/** Since when each place has lacked the snapshot, longest first. A source that does not count as a copy is one of them. */
function lackingSince(
  id: string,
  { backends, times, sourceUncountedSince }: ProtectionQuestion,
): number[] {
  const arrivedAt = times.get(id)?.arrivedAt ?? 0;
  const at = backends.map((backend) => lacksSince(id, backend, arrivedAt));
  const atSource =
    sourceUncountedSince === undefined ? undefined : Math.max(arrivedAt, sourceUncountedSince);
  return [...at, atSource].filter((since) => since !== undefined).sort((a, b) => a - b);
}

function lacksSince(
  id: string,
  { missing, since, uncountedSince }: Owing,
  arrivedAt: number,
): number | undefined {
  const owed = missing === undefined ? Math.max(arrivedAt, since) : missing.get(id);
  if (owed !== undefined || uncountedSince === undefined) return owed;
  return Math.max(arrivedAt, uncountedSince);
}

function countUnreachable(id: string, backends: readonly Owing[]): number {
  return backends.filter(
    ({ missing, uncountedSince }) => uncountedSince !== undefined && missing?.has(id) === false,
  ).length;
}

/** Adds one snapshot to the result, and returns how many places that count have it. */
function addSnapshot(
  { time, lacking }: { readonly time: number; readonly lacking: readonly number[] },
  { backends, expectedCopies }: ProtectionQuestion,
  answer: Mutable,
): number {
  const copies = 1 + backends.length - lacking.length;
  if (copies >= expectedCopies) {
    answer.protectedSnapshotAt = Math.max(answer.protectedSnapshotAt ?? -Infinity, time);
    return copies;
  }
  answer.unprotected += 1;
  const enough = lacking[backends.length - (expectedCopies - 1)] ?? lacking.at(-1) ?? Infinity;
  answer.unprotectedSince = Math.min(answer.unprotectedSince ?? Infinity, enough);
  return copies;
}
