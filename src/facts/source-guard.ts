import * as z from 'zod/mini';
import { isWithin } from '../runtime/clock.ts';
import { count, list, names, time } from './fields.ts';

export const ALARM_REASONS = ['snapshots_removed', 'objects_changed', 'objects_removed'] as const;
export type AlarmReason = (typeof ALARM_REASONS)[number];

const Alarm = z.readonly(
  z.object({
    reason: z.enum(ALARM_REASONS),
    since: time,
    message: z.string(),
    /** its first message, if more was found later */
    began: z.optional(z.string()),
  }),
);
export type Alarm = z.output<typeof Alarm>;

/** `ack --for`: a person has said that snapshots will be removed. */
const Announcement = z.readonly(
  z.object({
    announcedAt: time,
    endsAt: time,
    /** user name and number */
    by: z.string(),
    reason: z.string(),
  }),
);
export type Announcement = z.output<typeof Announcement>;

/** Whether an announcement is in force. One that a wrong clock made lasts no longer than intended. Pure. */
export function isAnnouncedAt(announced: Announcement | undefined, now: number): boolean {
  if (announced === undefined || now >= announced.endsAt) return false;
  return isWithin(announced.endsAt - announced.announcedAt, announced.announcedAt, now);
}

/** The last time that key files came to the source or left it. */
const KeysChanged = z.readonly(z.object({ changedAt: time, added: count, removed: count }));
export type KeysChanged = z.output<typeof KeysChanged>;

/** The events at the source that may be the work of an attacker. The source guard writes it. */
export const SourceGuard = z.readonly(
  z.object({
    /** until a person acknowledges them */
    alarms: z.optional(list(Alarm)),
    announced: z.optional(Announcement),
    /** the newest snapshot that two checks have seen */
    newestSeen: z.optional(z.object({ id: z.string(), at: time })),
    /** snapshots that were removed lately: their times, and when that was noticed */
    removed: z.optional(list(z.object({ time, removedAt: time }))),
    /** snapshots that claim to be much older than when they were first seen */
    backdated: z.optional(list(z.object({ id: z.string(), seenAt: time }))),
    /** objects (kind/id) that were overwritten, which was noticed when they were to be sent */
    overwritten: z.optional(list(z.string())),
    keyNames: z.optional(names),
    keysChanged: z.optional(KeysChanged),
  }),
);
export type SourceGuard = z.output<typeof SourceGuard>;

export const NO_GUARD: SourceGuard = {};
