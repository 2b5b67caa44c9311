/** How bad a finding of an audit is: `ok` needs nothing. */
export type AuditSeverity = 'ok' | 'warning' | 'critical';

/**
 * The possible findings of an audit: a closed set, by name, each with its severity and its meaning. Metrics, page, status and
 * command show these.
 */
export const AUDIT_FINDINGS = {
  snapshots_missing: {
    severity: 'critical',
    meaning: 'snapshots that should be complete here and are not',
  },
  missing: { severity: 'critical', meaning: 'objects that were here and are gone' },
  wrong_size: { severity: 'critical', meaning: 'objects whose size is wrong' },
  corrupt: { severity: 'critical', meaning: 'objects whose content does not match their names' },
  not_regular: {
    severity: 'warning',
    meaning: 'links and other special files under the names of objects; they are never opened',
  },
  stale_keys: { severity: 'warning', meaning: 'key files that the source no longer has' },
  unproven: {
    severity: 'warning',
    meaning: 'snapshots that the source does not have, and that may not be complete here',
  },
  foreign: { severity: 'warning', meaning: 'files with names that restic does not use' },
  leftovers: { severity: 'ok', meaning: 'temporary files of restic, rest-server or rclone' },
  unsent: { severity: 'ok', meaning: 'objects that are still to be sent' },
  surplus: { severity: 'ok', meaning: 'objects that the source no longer has' },
  retired: { severity: 'ok', meaning: 'objects that a person moved aside' },
} as const satisfies Readonly<
  Record<string, { readonly severity: AuditSeverity; readonly meaning: string }>
>;

export type AuditFindingName = keyof typeof AUDIT_FINDINGS;

export const AUDIT_FINDING_NAMES = Object.keys(AUDIT_FINDINGS) as AuditFindingName[];
