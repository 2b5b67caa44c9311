import * as z from 'zod/mini';
import { REASONS } from '../runtime/errors.ts';
import { count, list, time, Trouble, unsaved } from './fields.ts';

export const BACKEND_STATES = [
  'unknown',
  'initial_copy',
  'idle',
  'syncing',
  'retrying',
  'blocked',
  'unverified',
  'paused',
] as const;
export type BackendStateName = (typeof BACKEND_STATES)[number];

const Counters = z.readonly(
  z.object({
    syncs: count,
    failures: z.readonly(z.partialRecord(z.enum(REASONS), count)),
    replans: count,
    transferredObjects: count,
    transferredBytes: count,
  }),
);
export type SyncCounters = z.output<typeof Counters>;

/** How the passes over a backend ended, and when the next one may try. Outcomes write it. */
export const Attempts = z.readonly(
  z.object({
    /** nothing is moving after a restart */
    state: z.codec(z.enum(BACKEND_STATES), z.enum(BACKEND_STATES), {
      decode: (state) => (state === 'syncing' || state === 'initial_copy' ? 'unknown' : state),
      encode: (state) => state,
    }),
    stateSince: z.optional(time),
    trouble: z.optional(Trouble),
    /** consecutive */
    failures: count,
    lastSuccess: z.optional(time),
    lastDurationMs: z.optional(z.number()),
    /** a restart tries at once */
    lastAttemptAt: unsaved<number>(),
    nextAttemptAt: unsaved<number>(),
    /** names (kind/id) of source objects that did not match their name when they were to be sent here */
    corrupt: list(z.string()),
    counters: Counters,
  }),
);
export type Attempts = z.output<typeof Attempts>;

export const NO_ATTEMPTS: Attempts = {
  state: 'unknown',
  failures: 0,
  corrupt: [],
  counters: { syncs: 0, failures: {}, replans: 0, transferredObjects: 0, transferredBytes: 0 },
};
