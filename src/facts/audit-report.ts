import type { AuditResult } from './audit.ts';
import type { Trouble } from './fields.ts';

/** The result of a requested audit of one place. */
export interface AuditReport {
  /** the name of a backend, or `source` */
  readonly place: string;
  /** absent if there was none: see `trouble` */
  readonly result?: AuditResult;
  /** why it could not be audited */
  readonly trouble?: Omit<Trouble, 'reason'> & {
    /** a person has paused the place, so nothing has failed */
    readonly isPaused?: true;
  };
  /** why something that was found missing could not be brought back */
  readonly repairTrouble?: Omit<Trouble, 'reason'>;
}
