import { slice, type Catalogue } from '../repository/catalogue.ts';
import type { Turns } from './turns.ts';

/**
 * Cuts objects into batches, in their order, of so many files and bytes at most; one file may be larger. The bytes are read for
 * each batch, because limits change while objects are sent.
 */
export function* batchesOf(
  objects: Catalogue,
  files: number,
  turns: Pick<Turns, 'batchBytes'>,
): IterableIterator<Catalogue> {
  let [start, bytes] = [0, 0];
  for (let i = 0; i < objects.count; i++) {
    const size = objects.sizes[i] ?? 0;
    const known = Number.isNaN(size) ? 0 : size;
    if (i > start && (i - start >= files || bytes + known > turns.batchBytes)) {
      yield slice(objects, start, i);
      [start, bytes] = [i, 0];
    }
    bytes += known;
  }
  if (start < objects.count) yield slice(objects, start, objects.count);
}
