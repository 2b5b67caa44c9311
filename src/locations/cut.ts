import type { Catalogue } from '../repository/catalogue.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Limits {
  readonly files: number;
  readonly bytes: number;
}

/** Cuts into consecutive ranges, each within the limits, or with a single file that exceeds them. */
export function* cut(objects: Catalogue, limits: Limits): IterableIterator<Range> {
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < objects.count; i++) {
    const size = objects.sizes[i] ?? 0;
    const known = Number.isNaN(size) ? 0 : size;
    if (i > start && (i - start >= limits.files || bytes + known > limits.bytes)) {
      yield { start, end: i };
      start = i;
      bytes = 0;
    }
    bytes += known;
  }
  if (start < objects.count) yield { start, end: objects.count };
}
