import { KINDS } from '../kinds/registry.ts';

/** The keys that say what kind of place it is; with one of them, `directory` is not missed. */
const KIND_KEYS = [...KINDS.slice(1).map(({ name }) => name), 's3', 'restic'];

export function hasAnotherKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && KIND_KEYS.some((kind) => kind in value);
}

/** The most similar word, if it is similar enough to be a typo. */
export function findSimilar(word: string, words: readonly string[]): string | undefined {
  const ranked = words
    .map((candidate) => ({
      candidate,
      distance: editDistance(simplify(word), simplify(candidate)),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined) return undefined;
  const isNear = best.distance <= (word.length < 4 ? 1 : Math.max(2, word.length / 3));
  return isNear ? best.candidate : undefined;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Levenshtein: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const substituted = (row[j] ?? 0) + Number(letter !== other);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
