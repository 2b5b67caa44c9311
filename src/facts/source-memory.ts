import * as z from 'zod/mini';
import type { SourceRecord } from '../replication/source-record.ts';
import { namesOf, namesToSet } from '../repository/catalogue.ts';
import { SHARD_COUNT, split } from '../repository/data-catalogue.ts';
import { summarise, type ExpectedPacks } from '../repository/expected-packs.ts';
import { count, ids, isText, longList, names, time } from './fields.ts';

/** How many vanished packs are saved by name; if there are more, only their number is. */
const MOST_VANISHED = 10_000;

/** The packs in each of the 256 directories of `data/`: how many, and a digest of their ids. */
const packs = z.codec(
  z.object({
    counts: longList<number>(Number.isFinite, SHARD_COUNT),
    digests: longList<string>(isText, SHARD_COUNT),
  }),
  z.custom<ExpectedPacks>(),
  {
    decode: ({ counts, digests }) =>
      counts.map((count, i) => ({ count, digest: digests[i] ?? '' })),
    encode: (expected) => {
      const summaries = expected.map((shard) => summarise(shard));
      return {
        counts: summaries.map(({ count }) => count),
        digests: summaries.map(({ digest }) => digest),
      };
    },
  },
);

const vanished = z.codec(
  z.object({
    since: time,
    count,
    total: count,
    excused: count,
    isPending: z.boolean(),
    /** absent if not all are known, or if there are very many */
    ids: z.optional(ids),
  }),
  z.custom<NonNullable<SourceRecord['vanished']>>(),
  {
    decode: ({ ids, ...rest }) => ({ ...rest, ids: ids && split(namesToSet(ids)) }),
    encode: ({ ids, ...rest }) => ({
      ...rest,
      ...(ids !== undefined && ids.count <= MOST_VANISHED && { ids: namesOf(ids) }),
    }),
  },
);

const Locks = z.object({
  count,
  newestAt: z.optional(time),
  changedAt: z.optional(time),
});

const Record = z.object({
  index: names,
  packs,
  newIndex: z.optional(z.object({ ids: names, at: time })),
  early: count,
  replacedAt: z.optional(time),
  vanished: z.optional(vanished),
  lostIndex: z.optional(names),
  hasPacksSince: z.boolean(),
  incompleteLooks: count,
  isReplacing: z.boolean(),
  lookedAt: time,
  locks: z.optional(Locks),
  locksTell: z.boolean(),
}) satisfies z.ZodMiniType<SourceRecord>;

/** The expected content of the source, to detect what vanishes. Source memory writes it. */
export const SourceMemory = z.readonly(
  z.object({
    /** undefined before the first valid view */
    record: z.optional(Record),
  }),
);
export type SourceMemory = z.output<typeof SourceMemory>;

export const NO_MEMORY: SourceMemory = {};
