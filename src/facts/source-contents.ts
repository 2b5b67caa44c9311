import * as z from 'zod/mini';
import type { Catalogue } from '../repository/catalogue.ts';
import type { PackArrival } from '../repository/pack-arrivals.ts';
import type { LatestSnapshot } from '../repository/snapshot-times.ts';
import { count, ids, list, names, time, unsaved } from './fields.ts';

/** How many names of non-regular files are remembered, because anyone who can write to the source decides how many there are. */
export const MOST_REFUSED = 100;

const arrivals = z.codec(
  z.array(z.object({ packs: names, snapshots: names, index: names })),
  z.custom<readonly PackArrival[]>(),
  {
    decode: (all) => all,
    encode: (all) => all.map(({ packs, snapshots, index }) => ({ packs, snapshots, index })),
  },
);

/** The content of the last valid view of the source. The source loop writes it. */
export const SourceContents = z.readonly(
  z.object({
    configSha256: z.optional(z.string()),
    /** stored beside the times of snapshots */
    snapshots: unsaved<Catalogue>(),
    latest: unsaved<LatestSnapshot>(),
    objects: z.optional(count),
    bytes: z.optional(count),
    ignored: z.optional(count),
    refused: list(z.string()),
    /** recent packs, and what is known to need none of them; stored only for corrupt ones */
    arrivals: z.optional(arrivals),
    /** ids of the key files that are sent */
    acceptedKeys: z.optional(ids),
    /** every key file at the source, sent or not; undefined until listed */
    listedKeys: unsaved<Catalogue>(),
    /** `keys/ID …`, with the problem; these are never sent */
    malformedKeys: z.optional(list(z.string())),
    /** key files that are not sent, because there are too many */
    waitingKeys: z.optional(count),
    /** when all kinds were last listed in full */
    lastListing: z.optional(time),
  }),
);
export type SourceContents = z.output<typeof SourceContents>;

export const UNKNOWN_SOURCE: SourceContents = { refused: [] };
