import * as z from 'zod/mini';
import type { Arrivals } from '../repository/arrivals.ts';
import {
  common,
  EMPTY_CATALOGUE,
  minus,
  namesMinus,
  plus,
  type Catalogue,
  namesOf,
  namesToSet,
} from '../repository/catalogue.ts';
import { split } from '../repository/data-catalogue.ts';
import { SET_COUNT, type Held } from '../repository/held.ts';
import { countObjects, NO_OBJECTS, setOf, type Objects } from '../repository/objects.ts';
import { latestOf, type LatestSnapshot, type SnapshotTimes } from '../repository/snapshot-times.ts';
import { count, ids, isId, isMap, isText, longList, names, time } from './fields.ts';

/** How many losses are saved by name. With more, the backend stays damaged until the saved ones are repaired. */
const MOST_LOST = 10_000;

const lost = z.codec(z.object({ keys: ids, data: ids, index: ids }), z.custom<Objects>(), {
  decode: ({ keys, data, index }) => ({
    ...NO_OBJECTS,
    keys: namesToSet(keys),
    index: namesToSet(index),
    data: split(namesToSet(data)),
  }),
  encode: (objects) => {
    const first = (kind: 'keys' | 'data' | 'index') =>
      namesOf(setOf(objects, kind)).slice(0, MOST_LOST);
    return { keys: first('keys'), data: first('data'), index: first('index') };
  },
});

/** The objects in each directory of a backend: how many, their size, and a digest of their ids. */
const held = z.codec(
  z.object({
    counts: longList<number>(Number.isFinite, SET_COUNT),
    bytes: longList<number>(Number.isFinite, SET_COUNT),
    digests: longList<string>(isText, SET_COUNT),
  }),
  z.custom<Held>(),
  {
    decode: ({ counts, bytes, digests }) => ({
      summaries: counts.map((count, i) => ({
        count,
        bytes: bytes[i] ?? NaN,
        digest: digests[i] ?? '',
      })),
    }),
    encode: ({ summaries }) => ({
      counts: summaries.map(({ count }) => count),
      bytes: summaries.map(({ bytes }) => bytes),
      digests: summaries.map(({ digest }) => digest),
    }),
  },
);

const texts = longList<string>(isText);

const arrivals = z.codec(z.object({ seen: texts, order: texts }), z.custom<Arrivals>(), {
  decode: ({ seen, order }) => ({ seen: new Set(seen), order }),
  encode: ({ seen, order }) => ({ seen: [...seen], order: [...order] }),
});

const times = z.custom<Readonly<Record<string, number>>>(
  (value) =>
    isMap(value) && Object.entries(value).every(([key, at]) => isId(key) && Number.isFinite(at)),
);

const owed = z.codec(times, z.custom<ReadonlyMap<string, number>>(), {
  decode: (missing) => new Map(Object.entries(missing)),
  encode: (missing) => Object.fromEntries(missing),
});

/** The stored form: sets of snapshots as differences from those at the source, because they are mostly the same. */
export const StoredContents = z.object({
  baselineAt: z.optional(time),
  /** source snapshots that are owed, with the time since when; undefined when unknown */
  missing: z.optional(owed),
  /** snapshots here that the source does not have and that were never complete here */
  unproven: z.optional(names),
  /** the order in which indexes and snapshots arrived */
  arrivals: z.optional(arrivals),
  /** objects that were here and are missing now */
  lost,
  /** how many of those have no name */
  lostUnnamed: z.optional(count),
  /** the expected content, as last proven */
  held: z.optional(held),
  /** all key files there */
  keys: z.optional(count),
  /** key files there that the source does not have */
  staleKeys: z.optional(count),
  objects: z.optional(count),
  bytes: z.optional(count),
  /** `config` of the view that was last complete in a script's place */
  wholeConfig: z.optional(z.string()),
  /** snapshots that were complete here at some time, and that the source has forgotten */
  retained: names,
  /** of these, the ones that are not there any more */
  absent: z.optional(names),
  told: z.optional(z.object({ lacks: names, gone: names })),
});
export type StoredContents = z.output<typeof StoredContents>;

/** The facts about the objects in one place of a backend. Evaluation writes it. */
export interface Contents extends Readonly<Omit<StoredContents, 'retained' | 'absent' | 'told'>> {
  /** the source snapshots that `missing` was computed for */
  readonly evaluatedFor?: Catalogue | undefined;
  /** complete snapshots, including those that the source has forgotten */
  readonly complete?: Catalogue | undefined;
  readonly latest?: LatestSnapshot | undefined;
  /** snapshots that were complete here at some time, even if the source has forgotten them */
  readonly proven?: Catalogue | undefined;
  /** the snapshots at the source when a script last succeeded */
  readonly told?: Catalogue | undefined;
}

export const UNKNOWN_CONTENTS: Contents = { lost: NO_OBJECTS };

/**
 * Encodes contents for storage. Pure.
 *
 * @param source the snapshots there; undefined while unknown
 */
export function storeContents(
  { complete, proven = complete ?? EMPTY_CATALOGUE, told, ...rest }: Contents,
  source: Catalogue | undefined,
): StoredContents {
  const atSource = source ?? EMPTY_CATALOGUE;
  const retained = source ? namesMinus(proven, source) : proven;
  const there = plus(complete ?? proven, rest.unproven ?? EMPTY_CATALOGUE);
  const absent = namesMinus(retained, there);
  const isKnown = !hasLost(rest); // otherwise, nothing is complete, be it there or not
  return {
    ...rest,
    retained,
    ...(isKnown && absent.count > 0 && { absent }),
    ...(told && { told: { lacks: minus(atSource, told), gone: minus(told, atSource) } }),
  };
}

/** Decodes stored contents. Pure. */
export function recallContents(
  { retained, absent = EMPTY_CATALOGUE, told, ...fields }: StoredContents,
  source: Catalogue,
  times: SnapshotTimes,
): Contents {
  const known = {
    ...fields,
    ...(told && { told: plus(minus(source, told.lacks), told.gone) }),
  };
  const { missing, unproven = EMPTY_CATALOGUE } = fields;
  if (missing === undefined) return known;
  const whole = common(source, minus(source, namesToSet(missing.keys())));
  const proven = plus(whole, retained);
  const kept = plus(whole, namesMinus(retained, plus(unproven, absent)));
  const complete = hasLost(fields) ? whole : kept;
  return { ...known, evaluatedFor: source, complete, proven, latest: latestOf(complete, times) };
}

function hasLost({ lost, lostUnnamed = 0 }: Pick<Contents, 'lost' | 'lostUnnamed'>): boolean {
  return countObjects(lost) + lostUnnamed > 0;
}
