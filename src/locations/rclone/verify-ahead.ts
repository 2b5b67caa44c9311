import type { Catalogue } from '../../repository/catalogue.ts';
import type { Receipt } from '../location.ts';

type Verify = (batch: Catalogue, signal: AbortSignal) => Promise<Receipt>;

/**
 * Verifies each batch while the caller is busy with the one before it. When the caller stops early, so does what runs
 * ahead, and nothing is left running behind its back.
 */
export async function* verifyAhead(
  batches: Iterator<Catalogue, undefined>,
  verify: Verify,
  signal: AbortSignal,
): AsyncGenerator<Receipt, void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const begin = () => {
    const batch = batches.next().value;
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
