import * as z from 'zod/mini';
import type { Catalogue } from '../repository/catalogue.ts';
import type { PackArrival } from '../repository/pack-arrivals.ts';
import type { LatestSnapshot } from '../repository/snapshot-times.ts';
import { count, ids, list, names, time, unsaved } from './fields.ts';

/** Names under which something else than a file stands; that many are remembered. */
const MOST_REFUSED = 100;

const refused = z.codec(z.array(z.string()), z.custom<readonly string[]>(), {
  decode: (all) => all,
  encode: (all) => all.slice(0, MOST_REFUSED),
});

const arrivals = z.codec(
  z.array(z.object({ packs: names, snapshots: names, index: names })),
  z.custom<readonly PackArrival[]>(),
  {
    decode: (all) => all,
    encode: (all) => all.map(({ packs, snapshots, index }) => ({ packs, snapshots, index })),
  },
);

/** What the last valid view of the source held. The source loop writes it. */
export const SourceContents = z.readonly(
  z.object({
    configSha256: z.optional(z.string()),
    /** stored beside the times of snapshots */
    snapshots: unsaved<Catalogue>(),
    latest: unsaved<LatestSnapshot>(),
    objects: z.optional(count),
    bytes: z.optional(count),
    ignored: z.optional(count),
    refused,
    /** packs that came lately, and what is known to need none of them; stored for corrupt ones only */
    arrivals: z.optional(arrivals),
    /** ids of the key files that are sent */
    acceptedKeys: z.optional(ids),
    /** every key file at the source, whether it is sent or not; undefined until it is listed */
    listedKeys: unsaved<Catalogue>(),
    /** `keys/ID …`, with what is wrong with it: these are never sent */
    malformedKeys: z.optional(list(z.string())),
    /** key files that are not sent, as there are so many */
    waitingKeys: z.optional(count),
    /** when all kinds were last listed in full */
    lastListing: z.optional(time),
  }),
);
export type SourceContents = z.output<typeof SourceContents>;

export const UNKNOWN_SOURCE: SourceContents = { refused: [] };
