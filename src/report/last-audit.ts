import type { Audit } from '../facts/audit.ts';
import type { AuditState } from './types.ts';

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
