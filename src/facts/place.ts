import * as z from 'zod/mini';
import { time } from './fields.ts';

/** The place of a backend, and when it was reached. Evaluation writes it. */
export const Place = z.readonly(
  z.object({
    /** the id of the marker, or its equivalent; a different one means another place */
    markerId: z.optional(z.string()),
    /** when it was set up or resumed; undefined until it has been seen */
    since: z.optional(time),
    up: z.optional(z.boolean()),
    /** the last pass that failed did not reach it at all */
    isMissed: z.optional(z.boolean()),
    lastContact: z.optional(time),
    lastListing: z.optional(time),
    /** the last time that it was away for an hour or longer: from the last contact before to the first one after */
    lastAbsence: z.optional(z.readonly(z.object({ since: time, endedAt: time }))),
    freeBytes: z.optional(z.number()),
    totalBytes: z.optional(z.number()),
  }),
);
export type Place = z.output<typeof Place>;

export const UNKNOWN_PLACE: Place = {};
