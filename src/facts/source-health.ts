import * as z from 'zod/mini';
import { count, time, Trouble } from './fields.ts';

export const SOURCE_STATES = [
  'ok',
  'unknown',
  'busy',
  'timeout',
  'missing',
  'unreadable',
  'empty',
  'emptied',
  'not_a_repository',
  'erasure_format',
  'config_changed',
  'different_repository',
  'suspect',
  'damaged',
] as const;
export type SourceStateName = (typeof SOURCE_STATES)[number];

/** A fault of the source for which one look is no proof. */
const Noticed = z.readonly(
  z.object({
    fault: z.enum(['emptied', 'different_repository']),
    /** a person has said that this is meant */
    isAccepted: z.optional(z.literal(true)),
  }),
);
export type Noticed = z.output<typeof Noticed>;

/** `ack`: a person has accepted what was gone from a source. */
const Acknowledgement = z.readonly(
  z.object({
    acknowledgedAt: time,
    /** user name and number */
    by: z.string(),
    reason: z.string(),
    /** the state that the source was in, or an alarm, and its message */
    state: z.enum(['suspect', 'damaged', 'emptied', 'alarm']),
    message: z.string(),
  }),
);
export type Acknowledgement = z.output<typeof Acknowledgement>;

/** How the looks at the source ended. Source outcomes write it. */
export const SourceHealth = z.readonly(
  z.object({
    state: z.enum(SOURCE_STATES),
    stateSince: z.optional(time),
    trouble: z.optional(Trouble),
    lastScanAt: z.optional(time),
    /** when a valid view was last confirmed */
    observedAt: z.optional(time),
    scans: count,
    scanFailures: count,
    locks: z.optional(count),
    oldestLockAt: z.optional(time),
    /** since when something has vanished that nothing explains: it is suspect or damaged */
    doubtfulSince: z.optional(time),
    /** what a look has found that only the next one makes certain; until there is a valid view again */
    noticed: z.optional(Noticed),
    /** since when the source counts as no copy, whatever the reasons were */
    uncountedSince: z.optional(time),
    /** the last time that a person accepted what was gone */
    acknowledged: z.optional(Acknowledgement),
  }),
);
export type SourceHealth = z.output<typeof SourceHealth>;

export const UNKNOWN_HEALTH: SourceHealth = { state: 'unknown', scans: 0, scanFailures: 0 };
