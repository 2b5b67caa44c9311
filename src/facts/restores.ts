import * as z from 'zod/mini';
import { REASONS } from '../runtime/errors.ts';
import { count, time } from './fields.ts';

export const RESTORE_OUTCOMES = ['ok', 'failed', 'inconclusive'] as const;
export type RestoreOutcome = (typeof RESTORE_OUTCOMES)[number];

/** The outcome of a restore check. */
const RestoreCheckFacts = z.readonly(
  z.object({
    at: time,
    outcome: z.enum(RESTORE_OUTCOMES),
    snapshot: z.optional(z.string()),
    snapshotAt: z.optional(time),
    /** how many files were restored and compared, and their size */
    files: count,
    bytes: count,
    /** of one that was not ok */
    reason: z.optional(z.enum(REASONS)),
    message: z.optional(z.string()),
    hint: z.optional(z.string()),
  }),
);
export type RestoreCheckFacts = z.output<typeof RestoreCheckFacts>;

/** The restore checks of one place. The restore check writes it. */
export const Restores = z.readonly(
  z.object({
    /** the last conclusive one: ok or failed */
    restoreJudged: z.optional(RestoreCheckFacts),
    /** the last one, if it was inconclusive */
    restoreUnclear: z.optional(RestoreCheckFacts),
    /** the last one that was ok */
    restoredAt: z.optional(time),
    restoredSnapshotAt: z.optional(time),
    restoreCounts: z.optional(z.readonly(z.partialRecord(z.enum(RESTORE_OUTCOMES), count))),
    /** only of the source: the directory that a check of any place restores to, while it runs */
    restoringIn: z.optional(z.string()),
  }),
);
export type Restores = z.output<typeof Restores>;

export const NO_RESTORES: Restores = {};

export type RestoreCounts = Readonly<Record<RestoreOutcome, number>>;

/** Counts the checks of all these places by outcome. Pure. */
export function sumOfCounts(
  places: readonly { readonly restores: Pick<Restores, 'restoreCounts'> }[],
): RestoreCounts {
  const sum = (outcome: RestoreOutcome) =>
    places.reduce((total, { restores }) => total + (restores.restoreCounts?.[outcome] ?? 0), 0);
  return { ok: sum('ok'), failed: sum('failed'), inconclusive: sum('inconclusive') };
}

/** The chapter after another check. Pure. */
export function withRestoreCheck(known: Restores, check: RestoreCheckFacts): Restores {
  const { outcome, at, snapshotAt } = check;
  const counts = known.restoreCounts ?? {};
  const restoreCounts = { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 };
  if (outcome === 'inconclusive') return { ...known, restoreCounts, restoreUnclear: check };
  return {
    ...known,
    restoreCounts,
    restoreJudged: check,
    restoreUnclear: undefined,
    ...(outcome === 'ok' && { restoredAt: at, restoredSnapshotAt: snapshotAt }),
  };
}
