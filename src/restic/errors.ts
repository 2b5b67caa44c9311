import { SyncdError, type Reason } from '../runtime/errors.ts';

/** Why restic failed: a closed set, each with the reason that stands for it elsewhere, and with what to do. */
const PROBLEMS = {
  /** wrong, or there is none */
  password: {
    reason: 'auth',
    hint: 'check source.password: it is the password with which the client makes its backups; try it with "restic --no-lock snapshots"',
  },
  /** nothing at the place that restic can open */
  no_repository: {
    reason: 'unreachable',
    hint: 'check that the disk is mounted, or the remote reachable, and that the path is right',
  },
  /** the snapshot is not there, or no longer */
  no_snapshot: {
    reason: 'damaged',
    hint: 'it may have been forgotten at the source in the meantime; try again after the next sync',
  },
  /** an object is missing, or its content is wrong */
  damaged: {
    reason: 'damaged',
    hint: 'run "restic --no-lock check --read-data" on this place, and restore from another place in the meantime',
  },
  /** only root may set owners and attributes, or make devices: the content of all files was restored */
  not_root: {
    reason: 'tool',
    hint: 'run the daemon as root, if it matters that these can be restored',
  },
  /** where restic writes */
  no_space: {
    reason: 'no_space',
    hint: 'free some space where restore checks write, or set restoreCheck.directory to a larger disk',
  },
  /** restic, or rclone for a remote, is not installed */
  no_tool: { reason: 'tool', hint: 'install it: apt install restic (and rclone, for a remote)' },
  permission: { reason: 'permission', hint: 'let the user of the daemon read it' },
  unreachable: {
    reason: 'unreachable',
    hint: 'check that the disk is mounted, or the remote reachable',
  },
  timeout: {
    reason: 'timeout',
    hint: 'the place does not answer, or is very slow; it will be retried',
  },
  other: {
    reason: 'tool',
    hint: 'run the same restic command by hand, as the user of the daemon, to find out more',
  },
} as const satisfies Readonly<Record<string, { readonly reason: Reason; readonly hint: string }>>;

export type ResticProblem = keyof typeof PROBLEMS;

/** A failure of restic, with its class and with what to do. */
export class ResticError extends SyncdError {
  readonly problem: ResticProblem;

  // eslint-disable-next-line max-params -- every error takes its hint after its message
  constructor(problem: ResticProblem, message: string, hint?: string, cause?: unknown) {
    super(PROBLEMS[problem].reason, message, hint, cause);
    this.name = 'ResticError';
    this.problem = problem;
  }
}

/** The hint about a problem. */
export function hintOf(problem: ResticProblem): string {
  return PROBLEMS[problem].hint;
}
