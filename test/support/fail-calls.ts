import { tool } from './tools.ts';

export type FailingCall =
  | 'open'
  | 'stat'
  | 'readdir'
  | 'rename'
  | 'unlink'
  | 'link'
  | 'statfs'
  | 'read'
  | 'write'
  | 'fsync'
  | 'bind';

/**
 * The environment of a program in which a system call fails with an error number, at or below a path; with `flag`, only
 * while that file exists.
 */
export function failingCall(
  call: FailingCall,
  errno: number,
  { path, flag }: { readonly path: string; readonly flag?: string },
): Record<string, string> {
  return {
    LD_PRELOAD: tool('fail-calls'),
    [`FAIL_${call}`]: String(errno),
    FAIL_PATH: path,
    ...(flag !== undefined && { FAIL_FLAG: flag }),
  };
}

/** The environment of a program that is killed just before its nth call that changes the names below a path. */
export function killedAt(n: number, path: string): Record<string, string> {
  const calls = ['make', 'rename', 'link', 'unlink', 'rmdir'];
  return {
    LD_PRELOAD: tool('fail-calls'),
    FAIL_PATH: path,
    KILL_AT: String(n),
    ...Object.fromEntries(calls.map((call) => [`FAIL_${call}`, '1'])),
  };
}
