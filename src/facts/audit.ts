import * as z from 'zod/mini';
import { AUDIT_FINDING_NAMES } from '../replication/audit-findings.ts';
import { count, list, time } from './fields.ts';

const Finding = z.readonly(
  z.object({
    finding: z.enum(AUDIT_FINDING_NAMES),
    count,
    /** absent where it is unknown or says nothing */
    bytes: z.optional(z.number()),
    /** the first ones: paths of objects, ids of snapshots */
    names: list(z.string()),
    /** what is done about it, or what to type; absent where nothing is to be done */
    action: z.optional(z.string()),
  }),
);
export type AuditFinding = z.output<typeof Finding>;

const Repaired = z.readonly(
  z.object({
    /** the name of a backend, or `source` */
    from: z.string(),
    objects: count,
    repairedAt: time,
  }),
);
export type Repaired = z.output<typeof Repaired>;

/** The result of one audit of one place. A finding that is not in the list was looked for and not found. */
const AuditResult = z.readonly(
  z.object({
    at: time,
    /** the snapshots that had to be complete: those with a time in it; without a beginning, all until its end */
    window: z.readonly(z.object({ from: z.optional(time), to: time })),
    findings: list(Finding),
    /** what was found missing or wrong, and has come back since, by the place that it came from */
    repaired: z.optional(list(Repaired)),
    /** what the source no longer has; absent for the source itself */
    surplus: z.optional(
      z.readonly(z.object({ snapshots: count, objects: count, bytes: z.number() })),
    ),
  }),
);
export type AuditResult = z.output<typeof AuditResult>;

/** The last audit of a place. Only `work/audit/` writes it. */
export const Audit = z.readonly(z.object({ lastAudit: z.optional(AuditResult) }));
export type Audit = z.output<typeof Audit>;

export const NO_AUDIT: Audit = {};
