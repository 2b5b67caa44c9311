import * as z from 'zod/mini';
import type { Retirement } from '../backends/retire.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { RestoreCheckReport } from '../work/restore-check/restore-check.ts';
import type { Pause } from '../facts/pauses.ts';
import type {
  Acknowledgement,
  Announcement,
  ClientReport,
  DaemonPicture,
  SnapshotRow,
} from '../report/types.ts';

/** The protocol of a client's control socket: one request as a line of JSON, then answers, one per line. */

const names = z.optional(z.readonly(z.array(z.string())));

export const ControlRequest = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('sync'), backends: names }),
  z.object({
    verb: z.literal('retire'),
    backend: z.string(),
    keys: z.boolean(),
    all: z.boolean(),
    objects: z.readonly(z.array(z.string())),
    isDryRun: z.boolean(),
  }),
  z.object({
    verb: z.literal('restore-retired'),
    backend: z.string(),
    date: z.optional(z.string()),
    isDryRun: z.boolean(),
  }),
  z.object({
    verb: z.literal('audit'),
    /** of backends, and `source`; absent: all */
    backends: names,
    /** wanted are snapshots that are younger than this, in milliseconds; absent: all */
    newerThanMs: z.optional(z.number()),
    /** … and older than this; absent: than the backend may lag */
    olderThanMs: z.optional(z.number()),
  }),
  z.object({
    verb: z.literal('restore-check'),
    place: z.optional(z.string()),
    snapshot: z.optional(z.string()),
  }),
  z.object({ verb: z.literal('report') }),
  z.object({ verb: z.literal('snapshots') }),
  z.object({ verb: z.literal('nudge') }),
  z.object({
    verb: z.literal('ack'),
    /** user name and number */
    by: z.string(),
    reason: z.string(),
    /** how long removals are announced for, in milliseconds */
    forMs: z.optional(z.number()),
  }),
  z.object({
    verb: z.literal('pause'),
    /** absent: the client as a whole */
    backend: z.optional(z.string()),
    by: z.string(),
    reason: z.string(),
    endsAt: z.number(),
  }),
  z.object({ verb: z.literal('resume'), backend: z.optional(z.string()), by: z.string() }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

/** The parameters of a request with this verb. */
export type RequestOf<V extends ControlRequest['verb']> = Omit<
  Extract<ControlRequest, { verb: V }>,
  'verb'
>;

export interface Acknowledged {
  /** absent when there was nothing to accept */
  readonly accepted?: Acknowledgement;
  readonly announced?: Announcement;
}

/** The change that `pause` or `resume` has made. */
export interface PauseChange {
  readonly isChanged: boolean;
  /** the pause of the same target that was in force before; absent if none was */
  readonly before?: Pause;
  /** the pause that is in force for it now, which may be that of its client; absent if none is */
  readonly pause?: Pause;
  /** the work there has been asked to stop, and has not ended yet */
  readonly isStopping?: true;
  /** backends of a resumed client that have a pause of their own, each with its pause */
  readonly stillPaused?: Readonly<Record<string, Pause>>;
}

export interface SavedAtOnce {
  /** why it could not be saved: a restart undoes it */
  readonly notSaved?: string;
}

export type ControlAnswer =
  | { readonly type: 'progress'; readonly report: ClientReport }
  | { readonly type: 'synced'; readonly reports: readonly SyncReport[] }
  | { readonly type: 'audited'; readonly audits: readonly AuditReport[] }
  | { readonly type: 'report'; readonly report: ClientReport; readonly daemon: DaemonPicture }
  | { readonly type: 'snapshots'; readonly rows: readonly SnapshotRow[] }
  | { readonly type: 'nudged' }
  | (Acknowledged & SavedAtOnce & { readonly type: 'acknowledged'; readonly report: ClientReport })
  | (SavedAtOnce & { readonly type: 'paused'; readonly change: PauseChange })
  | { readonly type: 'retired'; readonly retirement: Retirement }
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'restore-checked'; readonly check: RestoreCheckReport }
  | {
      readonly type: 'error';
      readonly message: string;
      readonly hint?: string;
      /** a person has paused the place, so nothing has failed */
      readonly isPaused?: true;
    };
