import type { Random } from './random.ts';

export interface KnownSnapshot {
  readonly id: string;
  /** milliseconds */
  readonly at: number;
}

export interface ChosenSnapshot extends KnownSnapshot {
  /** it is an older one, chosen at random */
  readonly isRandom: boolean;
}

/** Each time that this divides, an older snapshot is checked: its data may be in packs that no newer one needs. */
const OLDER_EVERY = 3;

/**
 * The position of a check in the cycle of newest and older snapshots, after `before` checks of this client. If that cycle fits the
 * number of places, each round of them begins one step later: otherwise older snapshots would always be checked at the same place.
 * Pure.
 */
export function snapshotTurn(before: number, places: number): number {
  return places % OLDER_EVERY === 0 ? before + Math.floor(before / places) : before;
}

/**
 * The newest snapshot; every third time, a random older one. Undefined if there is none. Pure.
 *
 * @param turn see `snapshotTurn`
 */
export function chooseSnapshot(
  snapshots: readonly KnownSnapshot[],
  turn: number,
  random: Random,
): ChosenSnapshot | undefined {
  const [newest, ...older] = [...snapshots].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  if (newest === undefined) return undefined;
  const isOlder = (turn + 1) % OLDER_EVERY === 0;
  const other = isOlder ? older[Math.floor(random() * older.length)] : undefined;
  return other === undefined ? { ...newest, isRandom: false } : { ...other, isRandom: true };
}
