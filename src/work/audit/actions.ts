import type { AuditFinding } from '../../facts/audit.ts';
import { AUDIT_FINDINGS, type AuditFindingName } from '../../replication/audit-findings.ts';
import type { Found } from '../../replication/audit.ts';

/** A backend, and what decides what is done there. */
export interface AuditedBackend {
  readonly client: string;
  readonly backend: string;
  /** false: the operator's own program writes there */
  readonly hasMarker: boolean;
  /** whether the source has any snapshots; without one, nothing is sent */
  readonly hasSnapshots: boolean;
}

export interface AuditedSource {
  readonly client: string;
  /** what to do about the state of the source, if that is not ok */
  readonly hint: string | undefined;
}

type Actions = Readonly<Partial<Record<AuditFindingName, string>>>;

/** Adds to each finding at a backend what is done about it, or what to type, the worst first. Pure. */
export function explainBackend(found: readonly Found[], audited: AuditedBackend): AuditFinding[] {
  return explain(found, audited.hasMarker ? markedActions(audited) : scriptActions(audited));
}

/** Explains the findings at a source, where nothing is ever repaired. Pure. */
export function explainSource(found: readonly Found[], audited: AuditedSource): AuditFinding[] {
  return explain(found, sourceActions(audited));
}

const ORDER = ['critical', 'warning', 'ok'] as const;

function explain(found: readonly Found[], actions: Actions): AuditFinding[] {
  const rank = ({ finding }: Found) => ORDER.indexOf(AUDIT_FINDINGS[finding].severity);
  return [...found]
    .sort((a, b) => rank(a) - rank(b))
    .map((one) => {
      const action = actions[one.finding];
      return { ...one, ...(action !== undefined && { action }) };
    });
}

const FOREIGN = 'restic and backup-syncd ignore them: find out what created them';

function markedActions({ client, backend, hasSnapshots }: AuditedBackend): Actions {
  const sync = `backup-syncd sync ${client} --backend ${backend}`;
  const retire = `backup-syncd backend retire ${client} ${backend}`;
  return {
    snapshots_missing: `the next sync sends them; to see what prevents it, run: backup-syncd status ${client}`,
    missing: `the next sync sends them again, if the source or another backend has them intact; to do that now, run: ${sync}`,
    wrong_size: `the next sync replaces them, if the source or another backend has them intact; to do that now, run: ${sync}`,
    not_regular: 'find out who put them there, and remove them; the next sync sends the objects',
    stale_keys: `their passwords still open this replica; if someone removed the keys on purpose, run: ${retire} --keys`,
    unproven: `they may be incomplete; if no one needs them, run: ${retire} --all`,
    foreign: FOREIGN,
    unsent: hasSnapshots
      ? `the next sync sends them; to do that now, run: ${sync}`
      : 'they are sent together with the first snapshot of the source',
    surplus: 'kept, because nothing is deleted at a backend',
    retired: `to move them back, run: backup-syncd backend restore-retired ${client} ${backend}`,
  };
}

function scriptActions({ client, backend }: AuditedBackend): Actions {
  const sync = `backup-syncd sync ${client} --backend ${backend}`;
  const script = 'the script has to copy them again';
  return {
    snapshots_missing: `the next run of the script should copy them; to see what prevents it, run: backup-syncd status ${client}`,
    missing: `${script}; to run it now: ${sync}`,
    wrong_size: `${script}; to run it now: ${sync}`,
    not_regular: 'find out who put them there, and remove them',
    stale_keys: 'their passwords still open this replica; let the script remove them',
    unproven: 'the script copied or kept them, although the source does not have them',
    foreign: FOREIGN,
    unsent: `the next run of the script should copy them; to run it now: ${sync}`,
    surplus: 'the script kept them',
  };
}

function sourceActions({ client, hint }: AuditedSource): Actions {
  const check = `run 'restic check' on the source`;
  return {
    missing: hint ?? `${check}; for details, run: backup-syncd status ${client}`,
    wrong_size: `restic never changes an object: check the disk, and who can write there; ${check}. The backends keep what they have`,
    corrupt: `${check}. The backends keep what they have. For details, run: backup-syncd status ${client}`,
    not_regular:
      'restic creates only regular files: find out who created them. If restic needs what a link leads to, replace the link with it: no replica has it',
    foreign: FOREIGN,
  };
}
