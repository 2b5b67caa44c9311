import type { Catalogue } from '../../repository/catalogue.ts';
import type { Receipt } from '../location.ts';

type Verify = (batch: Catalogue, signal: AbortSignal) => Promise<Receipt>;

/**
 * Verifies each batch while the caller sends the one before it, so that neither the disk nor the network waits for the other. When
 * the caller stops early, nothing is left running.
 */
export async function* verifyAhead(
  batches: Iterator<Catalogue>,
  verify: Verify,
  signal: AbortSignal,
): AsyncGenerator<Receipt, void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const begin = (): Promise<Receipt> | undefined => {
    const { done, value } = batches.next() as IteratorResult<Catalogue, undefined>;
    if (done === true) return undefined;
    const checking = verify(value, either);
    checking.catch(() => undefined); // thrown when its turn comes
    return checking;
  };
  let next = begin();
  try {
    while (next !== undefined) {
      const checked = await next;
      next = begin();
      yield checked;
    }
  } finally {
    stop.abort();
    await next?.catch(() => undefined);
  }
}
