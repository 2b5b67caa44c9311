import type { Catalogue } from '../../repository/catalogue.ts';
import type { Receipt } from '../location.ts';

type Verify = (batch: Catalogue, signal: AbortSignal) => Promise<Receipt>;

/**
 * Verifies each batch while the caller is busy with the one before it. When the caller stops early, so does what runs
 * ahead, and nothing is left running behind its back.
 */
export async function* verifyAhead(
  batches: readonly Catalogue[],
  verify: Verify,
  signal: AbortSignal,
): AsyncGenerator<Receipt, void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const begin = (batch: Catalogue | undefined) => {
    const work = batch && verify(batch, either);
    work?.catch(() => undefined); // thrown when its turn comes
    return work;
  };
  let next = begin(batches[0]);
  try {
    for (let i = 1; next !== undefined; i++) {
      const receipt = await next;
      next = begin(batches[i]);
      yield receipt;
    }
  } finally {
    stop.abort();
    await next?.catch(() => undefined);
  }
}
