import type { AuditReport } from '../facts/audit-report.ts';
import type { SyncReport } from '../facts/sync-report.ts';

/** Why a requested run did not do what was asked; undefined if it did. Pure. */
export function troubleIn({ outcome, message, hint }: SyncReport): AuditReport['trouble'] {
  switch (outcome) {
    case 'failed':
      return { message: message ?? '', hint };
    case 'paused':
      return { message: message ?? '', hint, isPaused: true };
    case 'cancelled':
      return { message: message ?? 'it was interrupted', hint };
    case 'complete':
    case 'unverified':
    case 'nothing':
      return undefined;
  }
}
