import type { SourceFacts } from '../report/facts.ts';
import { Catalogue, type ObjectSet } from '../repository/catalogue.ts';
import { split } from '../repository/data-catalogue.ts';
import { summarise } from '../repository/expected-packs.ts';
import type { StoredSourceRecord } from './state-schema.ts';

type SourceRecord = NonNullable<SourceFacts['record']>;

/** Vanished packs that are remembered by name; if there are more, only their number is. */
const MOST_VANISHED = 10_000;

/** What is remembered of a source's objects, as it is stored: packs by their number and a digest. Pure. */
export function encodeRecord(record: SourceRecord): StoredSourceRecord {
  const { index, packs, vanished, lostIndex, newIndex, ...rest } = record;
  const summaries = packs.map((shard) => summarise(shard));
  const ids = vanished?.ids;
  const isNamed = ids !== undefined && ids.count <= MOST_VANISHED;
  return {
    ...rest,
    index: idsOf(index),
    packs: {
      counts: summaries.map(({ count }) => count),
      digests: summaries.map(({ digest }) => digest),
    },
    ...(vanished && { vanished: { ...vanished, ids: isNamed ? idsOf(ids) : undefined } }),
    ...(lostIndex && { lostIndex: idsOf(lostIndex) }),
    ...(newIndex && { newIndex: { ...newIndex, ids: idsOf(newIndex.ids) } }),
  };
}

/** As it was when it was stored; packs are known by number and digest only. Pure. */
export function decodeRecord(stored: StoredSourceRecord): SourceRecord {
  const { index, packs, vanished, lostIndex, newIndex, ...rest } = stored;
  const summaries = packs.counts.map((count, i) => ({ count, digest: packs.digests[i] ?? '' }));
  return {
    ...rest,
    index: catalogueOf(index),
    packs: summaries,
    vanished: vanished && {
      ...vanished,
      ids: vanished.ids && split(catalogueOf(vanished.ids)),
    },
    lostIndex: lostIndex && catalogueOf(lostIndex),
    newIndex: newIndex && { ...newIndex, ids: catalogueOf(newIndex.ids) },
  };
}

function idsOf(set: ObjectSet): string[] {
  return [...set.entries()].map(({ id }) => id);
}

function catalogueOf(ids: readonly string[]): Catalogue {
  return Catalogue.from(ids.map((id) => [id, undefined]));
}
