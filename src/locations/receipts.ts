import { Catalogue, concat, type CatalogueEntry } from '../repository/catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import type { Receipt } from './location.ts';

/** The receipt of objects that were only hashed; a hash is undefined if the object is gone. */
export function receiptOf(
  objects: readonly CatalogueEntry[],
  hashes: readonly (string | undefined)[],
): Receipt {
  const hashed = objects.map(({ id, size }, i) => ({ id, size, hash: hashes[i] }));
  return {
    placed: Catalogue.from(
      hashed.flatMap(({ id, size, hash }) => (hash === id ? [[id, size] as const] : [])),
    ),
    vanished: hashed.flatMap(({ id, hash }) => (hash === undefined ? [id] : [])),
    corrupt: hashed.flatMap(({ id, hash }) =>
      hash === undefined || hash === id ? [] : [{ id, message: wrongContent(hash) }],
    ),
  };
}

/** The message about an object whose content does not match its name. */
export function wrongContent(hash: string): string {
  return `its content has the SHA-256 ${hash}`;
}

/** Whether the view is outdated, so that the rest is not worth sending: much of it may be gone, or never be needed. */
export function isOutdated(kind: HashedKind, { vanished }: Receipt): boolean {
  return vanished.length > 0 && (kind === 'data' || kind === 'index');
}

/** Whether the rest would fail, too. If at least something arrives, continuing is progress. */
export function isHopeless({ placed, failure }: Receipt): boolean {
  return failure !== undefined && placed.count === 0;
}

/** Joins receipts in the order of their ids. The first failure shows the cause. */
export function joinReceipts(receipts: readonly Receipt[]): Receipt {
  const failure = receipts.find((receipt) => receipt.failure !== undefined)?.failure;
  return {
    placed: concat(receipts.map((receipt) => receipt.placed)),
    vanished: receipts.flatMap((receipt) => receipt.vanished),
    corrupt: receipts.flatMap((receipt) => receipt.corrupt),
    ...(failure !== undefined && { failure }),
  };
}
