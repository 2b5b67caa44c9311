import { createHash } from 'node:crypto';

/** At least 0, below 1. */
export type Random = () => number;

/** Numbers that follow from a text only, so that a check can be repeated. */
export function seededRandom(seed: string): Random {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  return () => {
    if (at + 6 > block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    const value = block.readUIntBE(at, 6) / 2 ** 48;
    at += 6;
    return value;
  };
}

/** The seed of a check: the client, the place, and the day in UTC. */
export function seedOf(client: string, place: string, now: number): string {
  return `${new Date(now).toISOString().slice(0, 10)}/${client}/${place}`;
}
