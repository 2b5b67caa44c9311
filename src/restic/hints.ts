import type { ResticProblem } from './errors.ts';

const HINTS: Readonly<Record<ResticProblem, string>> = {
  password:
    'check source.password: it is the password with which the client makes its backups; try it with "restic --no-lock snapshots"',
  no_repository:
    'check that the disk is mounted, or the remote reachable, and that the path is right',
  no_snapshot: 'it may have been forgotten at the source meanwhile; try again after the next sync',
  damaged:
    'run "restic --no-lock check --read-data" on this place, and restore from another place in the meantime',
  not_root: 'run the daemon as root, if it matters that these can be restored',
  no_space:
    'free some space where restore checks write, or set restoreCheck.directory to a larger disk',
  no_tool: 'install it: apt install restic (and rclone, for a remote)',
  permission: 'let the user of the daemon read it',
  unreachable: 'check that the disk is mounted, or the remote reachable',
  timeout: 'the place does not answer, or is very slow; it will be retried',
  other: 'run the same restic command by hand, as the user of the daemon, to find out more',
};

/** What to do about a problem. */
export function hintOf(problem: ResticProblem): string {
  return HINTS[problem];
}
