import type { AuditWindow } from '../replication/audit.ts';
import type { RequestOf } from './control-protocol.ts';

/** Which places to audit, and which snapshots are wanted there. */
export type AuditRequest = RequestOf<'audit'>;

/** The window that a request asks for. */
export function windowOf(
  { newerThanMs, olderThanMs }: AuditRequest,
  { now, maxLagMs }: { readonly now: number; readonly maxLagMs: number },
): AuditWindow {
  return {
    ...(newerThanMs !== undefined && { from: now - newerThanMs }),
    to: now - (olderThanMs ?? maxLagMs),
  };
}
