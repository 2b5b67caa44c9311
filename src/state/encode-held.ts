import type { Held } from '../repository/held.ts';
import type { StoredHeld } from './state-schema.ts';

/** What should be at a backend, as it is stored: without the names. Pure. */
export function encodeHeld({ summaries }: Held): StoredHeld {
  return {
    counts: summaries.map(({ count }) => count),
    bytes: summaries.map(({ bytes }) => bytes),
    digests: summaries.map(({ digest }) => digest),
  };
}

/** What should be at a backend, as it was stored. Pure. */
export function decodeHeld({ counts, bytes, digests }: StoredHeld): Held {
  return {
    summaries: counts.map((count, i) => ({
      ...{ count, bytes: bytes[i] ?? NaN, digest: digests[i] ?? '' },
    })),
  };
}
