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

/** A fault of the source that one check does not prove. */
const Noticed = z.readonly(
  z.object({
    fault: z.enum(['emptied', 'different_repository']),
    /** a person has confirmed that this is intended */
    isAccepted: z.optional(z.literal(true)),
  }),
);
export type Noticed = z.output<typeof Noticed>;

/** `ack`: a person accepted a loss at a source. */
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

/** The results of the checks of the source. Source outcomes write it. */
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
    /** since when something has been missing without an explanation: the source is suspect or damaged */
    doubtfulSince: z.optional(time),
    /** a finding that the next check must confirm; until there is a valid view again */
    noticed: z.optional(Noticed),
    /** since when the source has not counted as a copy, for any reason */
    uncountedSince: z.optional(time),
    /** the last acknowledgement of a person */
    acknowledged: z.optional(Acknowledgement),
  }),
);
export type SourceHealth = z.output<typeof SourceHealth>;

export const UNKNOWN_HEALTH: SourceHealth = { state: 'unknown', scans: 0, scanFailures: 0 };
