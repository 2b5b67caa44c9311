import type { AuditWindow } from '../replication/audit.ts';

/** Which places to audit, and which snapshots are wanted there. */
export interface AuditRequest {
  /** names of backends, and `source`; absent: all */
  readonly backends?: readonly string[] | undefined;
  /** wanted are snapshots that are younger than this, in milliseconds; absent: all */
  readonly newerThanMs?: number | undefined;
  /** … and older than this; absent: than the backend may lag */
  readonly olderThanMs?: number | undefined;
}

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
