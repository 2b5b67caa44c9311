import {
  concat,
  EMPTY_CATALOGUE,
  intern,
  slice,
  type Catalogue,
  type CatalogueEntry,
  type ObjectSet,
} from './catalogue.ts';

export const SHARD_COUNT = 256;

/**
 * The objects of `data/`, one catalogue for each of its 256 sub-directories. An unchanged shard is the same object in every
 * catalogue that contains it, so comparing a million packs costs 256 comparisons.
 */
export class DataCatalogue implements ObjectSet {
  readonly shards: readonly Catalogue[];

  constructor(shards: readonly Catalogue[]) {
    this.shards = shards;
  }

  get count(): number {
    return this.shards.reduce((sum, shard) => sum + shard.count, 0);
  }

  get bytes(): number {
    return this.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  }

  has(id: string): boolean {
    return this.shardOf(id).has(id);
  }

  sizeOf(id: string): number | undefined {
    return this.shardOf(id).sizeOf(id);
  }

  *entries(): IterableIterator<CatalogueEntry> {
    for (const shard of this.shards) yield* shard.entries();
  }

  private shardOf(id: string): Catalogue {
    return this.shards[Number.parseInt(id.slice(0, 2), 16)] ?? EMPTY_CATALOGUE;
  }
}

export const EMPTY_DATA = new DataCatalogue(
  Array.from({ length: SHARD_COUNT }, () => EMPTY_CATALOGUE),
);

type Combine = (a: Catalogue, b: Catalogue) => Catalogue;

/** Combines the shards of two catalogues, one by one. */
export function zipData(a: DataCatalogue, b: DataCatalogue, combine: Combine): DataCatalogue {
  return new DataCatalogue(
    a.shards.map((shard, i) => combine(shard, b.shards[i] ?? EMPTY_CATALOGUE)),
  );
}

/** Returns `fresh`, with its shards replaced by equal ones of `known`. */
export function internData(fresh: DataCatalogue, known: DataCatalogue): DataCatalogue {
  return zipData(fresh, known, intern);
}

/** Objects of `data/` in one piece, by their first two digits. */
export function split(objects: Catalogue): DataCatalogue {
  const starts = new Array<number>(SHARD_COUNT + 1).fill(objects.count);
  for (let i = objects.count - 1; i >= 0; i--) starts[objects.ids[i * 32] ?? 0] = i;
  for (let s = SHARD_COUNT - 1; s >= 0; s--) {
    starts[s] = Math.min(starts[s] ?? 0, starts[s + 1] ?? 0);
  }
  return new DataCatalogue(
    EMPTY_DATA.shards.map((empty, s) => {
      const [start = 0, end = 0] = [starts[s], starts[s + 1]];
      return start === end ? empty : slice(objects, start, end);
    }),
  );
}

/** The same objects in one piece: shards are in the order of their ids. */
export function flatten(data: DataCatalogue): Catalogue {
  return concat(data.shards);
}
