import type { Catalogue } from '../../repository/catalogue.ts';
import type { Receipt } from '../location.ts';

type Verify = (batch: Catalogue, signal: AbortSignal) => Promise<Receipt>;

/**
 * Verifies each batch while the caller processes the previous one. If the caller stops early, so does this, and nothing is left running.
 */
export async function* verifyAhead(
  batches: Iterable<Catalogue>,
  verify: Verify,
  signal: AbortSignal,
): AsyncGenerator<Receipt, void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const remaining = batches[Symbol.iterator]() as Iterator<Catalogue, undefined>;
  const begin = () => {
    const batch = remaining.next().value;
    if (batch === undefined) return undefined;
    const work = verify(batch, either);
    work.catch(() => undefined); // thrown when its turn comes
    return work;
  };
  let next = begin();
  try {
    while (next !== undefined) {
      const receipt = await next;
      next = begin();
      yield receipt;
    }
  } finally {
    stop.abort();
    await next?.catch(() => undefined);
  }
}
