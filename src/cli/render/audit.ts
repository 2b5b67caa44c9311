import type { AuditReport } from '../../facts/audit-report.ts';
import type { AuditResult } from '../../facts/audit.ts';
import { AUDIT_FINDINGS } from '../../replication/audit-findings.ts';
import { describeAmount, describeRepaired } from '../../report/audits.ts';
import { detailLines } from './line.ts';
import { renderTable } from './table.ts';

export interface Failure {
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: readonly string[];
}

/** The audits of the places of one client, or why there are none. */
export type ClientAudits =
  | { readonly client: string; readonly audits: readonly AuditReport[] }
  | { readonly client: string; readonly failure: Failure };

/** One line for each place and finding, with what is done about it below. */
export function renderAudits(result: ClientAudits): string[] {
  const { client } = result;
  if ('failure' in result) {
    const { message, hint, details } = result.failure;
    return [`${client}: FAILED: ${message}`, ...detailLines(...details, hint)];
  }
  return result.audits.flatMap((audit) => renderAudit(client, audit));
}

function renderAudit(client: string, audit: AuditReport): string[] {
  const { place, result, trouble, repairTrouble } = audit;
  const title = `${client} → ${place}`;
  if (trouble !== undefined) {
    const failed = trouble.isPaused === true ? '' : 'FAILED: ';
    return [`${title}: ${failed}${trouble.message}`, ...detailLines(trouble.hint)];
  }
  if (result === undefined) return [`${title}: not audited yet`];
  const repaired = detailLines(...describeRepaired(result).map((line) => `repaired: ${line}`));
  const rows = rowsOf(result);
  const unasked = detailLines(isEmptyWindow(result) ? UNASKED : undefined);
  if (rows.length === 0 && repaired.length === 0) return [`${title}: nothing is wrong`, ...unasked];
  const failed =
    repairTrouble === undefined
      ? []
      : detailLines(`not repaired: ${repairTrouble.message}`, ...detailLines(repairTrouble.hint));
  return [`${title}:`, ...repaired, ...rows, ...failed, ...unasked];
}

const UNASKED =
  'no snapshot was asked for: all that are young enough may still be on their way here (maxLag); to ask for them, add --older-than, for example --older-than 4h';

function isEmptyWindow({ window: { from = -Infinity, to } }: AuditResult): boolean {
  return from >= to;
}

/** A table of the findings, each followed by its meaning and by what to do. */
function rowsOf({ findings }: AuditResult): string[] {
  const table = renderTable(
    findings.map((one) => [one.finding, AUDIT_FINDINGS[one.finding].severity, describeAmount(one)]),
  );
  return findings.flatMap(({ finding, action }, i) => {
    const { meaning } = AUDIT_FINDINGS[finding];
    return detailLines(table[i], ...detailLines(meaning, action && `→ ${action}`));
  });
}
