import { DAY_MS } from '../runtime/units.ts';

/** Times of snapshots, milliseconds since the epoch. Those that were replaced by an edit such as `tag` are not in it. */
export interface Removal {
  /** were there at the check before, and still are */
  readonly kept: readonly number[];
  /** came since the check before */
  readonly added: readonly number[];
  /** left since the check before */
  readonly removed: readonly number[];
  /** left earlier, within the last REMOVAL_WINDOW_MS */
  readonly removedBefore: readonly number[];
  /** the newest snapshot that two checks had seen, if it has left */
  readonly newestRemoved: number | undefined;
  /** milliseconds since the epoch */
  readonly now: number;
}

/** Why a removal does not look like the work of a retention policy. */
export type SuspiciousRemoval =
  | { readonly kind: 'all' | 'newest' }
  | { readonly kind: 'ages'; readonly emptied: number; readonly held: number };

/** Removals are judged together when they are this close to each other, milliseconds. */
export const REMOVAL_WINDOW_MS = DAY_MS;
/** A removal that empties at least this number of ages, and this share of all ages, is suspicious. */
const FEWEST_AGES = 2;
const SHARE_OF_AGES = 0.5;

/**
 * Distinguishes the work of an attacker from that of a retention policy. Neither a count nor a share of snapshots does: an ordinary
 * nightly `forget` of hourly backups removes 96 % of them. But every policy keeps the newest snapshot, and one or more of each age.
 * So ages are compared, in steps that double: under 1 day, 1 to 2 days, 2 to 4, 4 to 8 and so on. Pure.
 *
 * @returns undefined when a policy may have done it
 */
export function judgeRemoval(removal: Removal): SuspiciousRemoval | undefined {
  const { kept, added, removed, removedBefore, newestRemoved, now } = removal;
  if (removed.length === 0) return undefined;
  const present = [...kept, ...added];
  if (kept.length === 0 && (removed.length > 1 || added.length === 0)) return { kind: 'all' };
  if (newestRemoved !== undefined && present.every((time) => time <= newestRemoved))
    return { kind: 'newest' };
  const filled = new Set(present.map((time) => ageStep(time, now)));
  const gone = new Set([...removed, ...removedBefore].map((time) => ageStep(time, now)));
  const emptied = [...gone].filter((step) => !filled.has(step)).length;
  const held = filled.size + emptied;
  const isSuspicious = emptied >= FEWEST_AGES && emptied >= SHARE_OF_AGES * held;
  return isSuspicious ? { kind: 'ages', emptied, held } : undefined;
}

/** 0 below one day, 1 below two days, 2 below four days, and so on. */
function ageStep(time: number, now: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, now - time) / DAY_MS)) + 1);
}
