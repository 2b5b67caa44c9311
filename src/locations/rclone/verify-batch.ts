import {
  common,
  EMPTY_CATALOGUE,
  namesMinus,
  plus,
  type Catalogue,
} from '../../repository/catalogue.ts';
import type { CallOptions, Receipt, Transfer } from '../location.ts';

/**
 * Returns which objects of a batch may be sent (I5).
 *
 * @param isFar hashing costs a download of its own, so only objects that would take the place of others are hashed
 */
export async function verifyBatch(
  { source, kind, replaced = EMPTY_CATALOGUE }: Transfer,
  batch: Catalogue,
  { isFar, signal }: CallOptions & { readonly isFar: boolean },
): Promise<Receipt> {
  if (!isFar) return source.verify(kind, batch, { signal });
  const risky = common(batch, replaced);
  if (risky.count === 0) return { placed: batch, vanished: [], corrupt: [] };
  const checked = await source.verify(kind, risky, { signal });
  return { ...checked, placed: plus(namesMinus(batch, risky), checked.placed) };
}
