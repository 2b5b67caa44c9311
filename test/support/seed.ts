import { createHash, randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createRandom } from './sample-data.ts';

/**
 * The seed of this run: BACKUP_SYNCD_SEED, else a random number. The same seed makes the same choices again; how long
 * processes take does not repeat.
 */
export const seed = process.env['BACKUP_SYNCD_SEED'] ?? String(randomInt(2 ** 31));

/** Numbers in [0, 1) that depend on the seed and on `label` only. Prints the seed, which a failed test then shows. */
export function seededRandom(label: string): () => number {
  console.info(`${label}: BACKUP_SYNCD_SEED=${seed}`);
  return createRandom(createHash('sha256').update(`${seed} ${label}`).digest().readInt32LE());
}

/** The kinds of disturbances that the summary of a soak run counts. */
export type Disturbance =
  'kills' | 'races' | 'power cuts' | 'Nth calls' | 'contract tests' | 'hostile servers' | 'attacks';

/**
 * Adds to the summary of `npm run soak`.
 *
 * @param what the sort of disturbance
 * @param kind where it took place: a kind of storage, a generation
 * @param count how many there were
 */
export function countForSummary(what: Disturbance, kind: string, count: number): void {
  const file = process.env['BACKUP_SYNCD_SOAK_FILE'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ what, kind, count })}\n`);
}
