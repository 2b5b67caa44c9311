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

const failures = z.readonly(z.partialRecord(z.enum(REASONS), count));

const Counters = z.readonly(
  z.object({
    syncs: count,
    failures,
    replans: count,
    transferredObjects: count,
    transferredBytes: count,
  }),
);
export type SyncCounters = z.output<typeof Counters>;

/** The results of one activity's runs, and when the next one may start. */
const attempts = {
  trouble: z.optional(Trouble),
  /** consecutive */
  failures: count,
  lastSuccess: z.optional(time),
  lastDurationMs: z.optional(z.number()),
  /** a restart retries at once */
  lastAttemptAt: unsaved<number>(),
  nextAttemptAt: unsaved<number>(),
};

/** The attempts of an activity other than the sync. */
const AttemptFacts = z.readonly(
  z.object({
    ...attempts,
    /** when it was first seen in the configuration */
    configuredAt: z.optional(time),
    failingSince: z.optional(time),
    counters: z.readonly(z.object({ failures })),
  }),
);
export type AttemptFacts = z.output<typeof AttemptFacts>;

const others = z.optional(z.readonly(z.record(z.string(), AttemptFacts)));

/** The attempts of the activities at the source, by their names. Each is written when it ends. */
export const SourceAttempts = z.readonly(z.object({ others }));
export type SourceAttempts = z.output<typeof SourceAttempts>;

export const NO_SOURCE_ATTEMPTS: SourceAttempts = {};

/** The attempts of the sync, with the state of the backend, and those of its other activities. Each is written when it ends. */
export const Attempts = z.readonly(
  z.object({
    /** nothing is being sent after a restart */
    state: z.codec(z.enum(BACKEND_STATES), z.enum(BACKEND_STATES), {
      decode: (state) => (state === 'syncing' || state === 'initial_copy' ? 'unknown' : state),
      encode: (state) => state,
    }),
    stateSince: z.optional(time),
    ...attempts,
    /** names (kind/id) of source objects that did not match their names when they were to be sent here */
    corrupt: list(z.string()),
    counters: Counters,
    /** by the names of the activities */
    others,
  }),
);
export type Attempts = z.output<typeof Attempts>;

export const NO_ATTEMPTS: Attempts = {
  state: 'unknown',
  failures: 0,
  corrupt: [],
  counters: { syncs: 0, failures: {}, replans: 0, transferredObjects: 0, transferredBytes: 0 },
};

export const NEVER_RUN: AttemptFacts = { failures: 0, counters: { failures: {} } };

/** The attempts of one activity at a backend. */
export function attemptsOf(known: Attempts, activity: string): AttemptFacts {
  return activity === 'sync' ? known : otherAttempts(known, activity);
}

/** The attempts of an activity other than the sync, at a backend or at the source. */
export function otherAttempts({ others }: SourceAttempts, activity: string): AttemptFacts {
  return others?.[activity] ?? NEVER_RUN;
}

/** The changes in the chapter when the attempts of one activity change. */
export function changedAttempts(
  known: Attempts,
  activity: string,
  { counters, ...patch }: Partial<AttemptFacts>,
): Partial<Attempts> {
  if (activity === 'sync')
    return { ...patch, ...(counters && { counters: { ...known.counters, ...counters } }) };
  return changedOthers(known, activity, { ...patch, ...(counters && { counters }) });
}

/** The changes in the chapter when the attempts of an activity other than the sync change. */
export function changedOthers(
  { others }: SourceAttempts,
  activity: string,
  patch: Partial<AttemptFacts>,
): Pick<SourceAttempts, 'others'> {
  return {
    others: { ...others, [activity]: { ...otherAttempts({ others }, activity), ...patch } },
  };
}
