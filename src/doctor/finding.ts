/** How bad something is. `unknown`: it could not be found out. */
export const DOCTOR_SEVERITIES = ['ok', 'unknown', 'warning', 'error'] as const;
export type DoctorSeverity = (typeof DOCTOR_SEVERITIES)[number];

/** The result of a check of one thing. */
export interface Finding {
  /** the name of the check */
  readonly check: string;
  readonly severity: DoctorSeverity;
  /** absent: it concerns the machine or the daemon */
  readonly client?: string;
  /** a backend of the client, or `source` */
  readonly place?: string;
  /** one sentence without a full stop */
  readonly message: string;
  /** what to do, with the command if one fixes it */
  readonly hint?: string;
}

/** A finding of a check, which does not say its own name. */
export type Judgement = Omit<Finding, 'check'>;

/** The worst severity: errors first, then warnings, then what could not be found out. */
export function worstOf(findings: readonly Pick<Finding, 'severity'>[]): DoctorSeverity {
  const ranks = findings.map(({ severity }) => DOCTOR_SEVERITIES.indexOf(severity));
  return DOCTOR_SEVERITIES[Math.max(0, ...ranks)] ?? 'ok';
}
