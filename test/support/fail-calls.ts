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
