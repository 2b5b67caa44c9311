import { SyncdError, type Reason } from '../runtime/errors.ts';

/** Why restic failed, and the reason that stands for it elsewhere: a closed set. */
const REASON_OF = {
  /** wrong, or there is none */
  password: 'auth',
  /** nothing at the place that restic can open */
  no_repository: 'unreachable',
  /** the snapshot is not there, or no longer */
  no_snapshot: 'damaged',
  /** an object is missing, or its content is wrong */
  damaged: 'damaged',
  /** only root may set owners and attributes, or make devices: the content of all files was restored */
  not_root: 'tool',
  /** where restic writes */
  no_space: 'no_space',
  /** restic, or rclone for a remote, is not installed */
  no_tool: 'tool',
  permission: 'permission',
  unreachable: 'unreachable',
  timeout: 'timeout',
  other: 'tool',
} as const satisfies Readonly<Record<string, Reason>>;

export type ResticProblem = keyof typeof REASON_OF;

/** A failure of restic, with its class and with what to do. */
export class ResticError extends SyncdError {
  readonly problem: ResticProblem;

  // eslint-disable-next-line max-params -- every error takes its hint after its message
  constructor(problem: ResticProblem, message: string, hint?: string, cause?: unknown) {
    super(REASON_OF[problem], message, hint, cause);
    this.name = 'ResticError';
    this.problem = problem;
  }
}
