import { isAnnouncedAt } from '../facts/source-guard.ts';
import { DAY_MS, formatAgo } from '../runtime/units.ts';
import { describeAnnouncement } from './in-words.ts';
import type { ClientReport } from './types.ts';

/** How long an acknowledgement is mentioned, milliseconds; the JSON documents keep it. */
const MENTIONED_MS = 30 * DAY_MS;

/** A sentence that says who recently accepted a loss at the source, and why; undefined if no one did. Pure. */
export function recentAcknowledgement({ source, reportedAt }: ClientReport): string | undefined {
  if (source.acknowledged === undefined) return undefined;
  const { acknowledgedAt, by, reason, message } = source.acknowledged;
  const age = reportedAt - acknowledgedAt;
  if (age > MENTIONED_MS) return undefined;
  return `${by} acknowledged ${formatAgo(Math.max(0, age))}: ${message}. Reason: ${reason}`;
}

/** A sentence that says which removals a person announced; undefined if no one did, or the time is over. Pure. */
export function currentAnnouncement({ source, reportedAt }: ClientReport): string | undefined {
  const { announced } = source;
  if (announced === undefined || !isAnnouncedAt(announced, reportedAt)) return undefined;
  return describeAnnouncement(announced, reportedAt);
}
