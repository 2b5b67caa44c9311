import type { Audit, AuditFinding, AuditResult } from '../facts/audit.ts';

/** The result of the last audit of a place. */
export interface AuditState {
  readonly auditedAt: number;
  /** the snapshots that had to be complete: without a beginning, all until its end */
  readonly window: { readonly since?: number; readonly endedAt: number };
  /** the findings; an audit that finds nothing of a kind has no entry for it */
  readonly findings: readonly AuditFinding[];
  /** what was found missing or wrong, and has come back since, by the place that it came from */
  readonly repaired?: readonly {
    readonly from: string;
    readonly objects: number;
    readonly repairedAt: number;
  }[];
  /** what the source no longer has; absent for the source itself */
  readonly surplus?: NonNullable<AuditResult['surplus']>;
}

/** The last audit of a place; undefined before the first one. Pure. */
export function lastAuditOf({ lastAudit }: Audit): AuditState | undefined {
  if (lastAudit === undefined) return undefined;
  const { at: auditedAt, window, findings, repaired, surplus } = lastAudit;
  return {
    auditedAt,
    window: {
      ...(window.from !== undefined && { since: window.from }),
      endedAt: window.to,
    },
    findings,
    ...(repaired && { repaired }),
    ...(surplus && { surplus }),
  };
}
