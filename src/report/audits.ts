import type { AuditFinding, AuditResult } from '../facts/audit.ts';
import { AUDIT_FINDINGS, type AuditSeverity } from '../replication/audit-findings.ts';
import { spaced } from './words.ts';
import { plural } from '../runtime/plural.ts';
import { formatBytes } from '../runtime/units.ts';

/** The severity of the worst finding. What came back was missing before, so that is a warning. Pure. */
export function worstOf({ findings, repaired = [] }: AuditResult): AuditSeverity {
  const severities = findings.map(({ finding }) => AUDIT_FINDINGS[finding].severity);
  if (severities.includes('critical')) return 'critical';
  return severities.includes('warning') || repaired.length > 0 ? 'warning' : 'ok';
}

/** `3 objects, 1.2 MiB: data/ab/ab… and 2 more`. Pure. */
export function describeAmount({ count, bytes, names }: AuditFinding): string {
  const size = bytes === undefined || bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
  const [first] = names;
  if (first === undefined) return `${count}${size}`;
  return `${count}${size}: ${first}${count > 1 ? ` and ${count - 1} more` : ''}`;
}

/** The findings that need attention. Pure. */
export function notableFindings({
  findings,
}: Pick<AuditResult, 'findings'>): readonly AuditFinding[] {
  return findings.filter(({ finding }) => AUDIT_FINDINGS[finding].severity !== 'ok');
}

/** Shown by themselves wherever a backend is shown. */
const SHOWN: ReadonlySet<string> = new Set(['stale_keys', 'unproven']);

/** `the audit found 3 missing`; undefined if no finding needs attention. Pure. */
export function auditInWords(audit?: Pick<AuditResult, 'findings'>): string | undefined {
  const found = audit === undefined ? [] : notableFindings(audit);
  const all = found
    .filter(({ finding }) => !SHOWN.has(finding))
    .map(({ finding, count }) => `${count} ${spaced(finding)}`);
  return all.length === 0 ? undefined : `the audit found ${all.join(', ')}`;
}

/** `3 objects came back from nas`, for each place that gave any. Pure. */
export function describeRepaired({ repaired = [] }: Pick<AuditResult, 'repaired'>): string[] {
  const byPlace = new Map<string, number>();
  for (const { from, objects } of repaired) byPlace.set(from, (byPlace.get(from) ?? 0) + objects);
  return [...byPlace].map(
    ([from, objects]) =>
      `${plural(objects, 'object')} came back from ${from === 'source' ? 'the source' : from}`,
  );
}
