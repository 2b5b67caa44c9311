import { otherAttempts, type SourceAttempts } from '../facts/attempts.ts';
import type { Audit } from '../facts/audit.ts';
import type { Trouble } from '../facts/fields.ts';
import type { Pause } from '../facts/pauses.ts';
import type { Place } from '../facts/place.ts';
import type { Reason } from '../runtime/errors.ts';

/** An activity of a place, and how often it should succeed. The sync is not one of these: what it owes is the lag. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
}

/** The state of a scheduled activity. */
export interface ActivityState extends Schedule {
  readonly lastSuccessAt?: number;
  /** when it must have succeeded again; absent while it is unknown since when it is configured */
  readonly dueAt?: number;
  /** present while it fails */
  readonly trouble?: Trouble;
  /** failed runs, by reason */
  readonly failures: Readonly<Partial<Record<Reason, number>>>;
}

/** The facts of a place that decide when an activity is due. */
interface Known {
  readonly attempts: SourceAttempts;
  /** each full listing is audited, whatever its purpose */
  readonly audit: Audit;
  /** absent for the source, whose absences are not recorded */
  readonly place?: Pick<Place, 'lastAbsence'>;
  /** those of the place and of its client; nothing is done there meanwhile, as during an absence */
  readonly pauses?: readonly Pause[];
}

/**
 * The scheduled activities of a place; undefined if it has none. A time after `now` comes from a wrong clock, and counts as now.
 * Pure.
 */
export function activitiesOf(
  schedules: readonly Schedule[] = [],
  { attempts, audit: { lastAudit }, place, pauses = [] }: Known,
  now = Infinity,
): readonly ActivityState[] | undefined {
  if (schedules.length === 0) return undefined;
  const paused = pauses.map(({ since, endsAt }) => ({ since, endedAt: endsAt }));
  const absences = [place?.lastAbsence, ...paused.filter(({ since }) => since <= now)];
  return schedules.map(({ name, everyMs }) => {
    const { configuredAt, trouble, counters, ...known } = otherAttempts(attempts, name);
    const auditedAt = name === 'audit' ? lastAudit?.at : undefined;
    const lastSuccess = latest([known.lastSuccess, auditedAt], now);
    const since = latest([lastSuccess, configuredAt], now);
    const returnedAt = Math.max(...absences.map((one) => returnAfter(one, everyMs, now)));
    return {
      name,
      everyMs,
      failures: counters.failures,
      ...(lastSuccess !== undefined && { lastSuccessAt: lastSuccess }),
      ...(since !== undefined && {
        dueAt: Math.max(since + 2 * everyMs, returnedAt + everyMs),
      }),
      ...(trouble && { trouble }),
    };
  });
}

/**
 * When the place returned. After a shorter absence than one interval, the rest of the two intervals is enough. So a place that is
 * away every night is no excuse for an activity that always fails.
 */
function returnAfter(absence: Place['lastAbsence'], everyMs: number, now: number): number {
  if (absence === undefined) return -Infinity;
  const { since, endedAt } = absence;
  return endedAt - since < everyMs ? -Infinity : Math.min(endedAt, now);
}

function latest(times: readonly (number | undefined)[], now: number): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(now, Math.max(...known));
}
