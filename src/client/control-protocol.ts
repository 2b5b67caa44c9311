import * as z from 'zod/mini';
import type { Retirement } from '../backends/retire.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { RestoreCheckReport } from '../work/restore-check/restore-check.ts';
import type { PauseChange } from './pause-request.ts';
import type {
  Acknowledgement,
  Announcement,
  ClientReport,
  DaemonPicture,
  SnapshotRow,
} from '../report/types.ts';

/** The protocol of a client's control socket: one request as a line of JSON, then answers, one per line. */

export const ControlRequest = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('sync'), backends: z.optional(z.array(z.string())) }),
  z.object({
    verb: z.literal('retire'),
    backend: z.string(),
    keys: z.boolean(),
    all: z.boolean(),
    objects: z.array(z.string()),
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
    backends: z.optional(z.array(z.string())),
    newerThanMs: z.optional(z.number()),
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
    by: z.string(),
    reason: z.string(),
    forMs: z.optional(z.number()),
  }),
  z.object({
    verb: z.literal('pause'),
    backend: z.optional(z.string()),
    by: z.string(),
    reason: z.string(),
    endsAt: z.number(),
  }),
  z.object({ verb: z.literal('resume'), backend: z.optional(z.string()), by: z.string() }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

export type ControlAnswer =
  | { readonly type: 'progress'; readonly report: ClientReport }
  | { readonly type: 'synced'; readonly reports: readonly SyncReport[] }
  | { readonly type: 'audited'; readonly audits: readonly AuditReport[] }
  | { readonly type: 'report'; readonly report: ClientReport; readonly daemon: DaemonPicture }
  | { readonly type: 'snapshots'; readonly rows: readonly SnapshotRow[] }
  | { readonly type: 'nudged' }
  /** with what was acknowledged, if there was anything */
  | {
      readonly type: 'acknowledged';
      readonly accepted?: Acknowledgement;
      readonly announced?: Announcement;
      readonly report: ClientReport;
    }
  | {
      readonly type: 'paused';
      readonly change: PauseChange;
      /** why it could not be saved: a restart undoes it */
      readonly notSaved?: string;
    }
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
