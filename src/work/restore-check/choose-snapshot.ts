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
 * The newest snapshot; every third time, a random older one. Undefined if there is none. Pure.
 *
 * @param before how many checks of this client were made before
 */
export function chooseSnapshot(
  snapshots: readonly KnownSnapshot[],
  before: number,
  random: Random,
): ChosenSnapshot | undefined {
  const [newest, ...older] = [...snapshots].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  if (newest === undefined) return undefined;
  const isTurn = (before + 1) % OLDER_EVERY === 0;
  const other = isTurn ? older[Math.floor(random() * older.length)] : undefined;
  return other === undefined ? { ...newest, isRandom: false } : { ...other, isRandom: true };
}
