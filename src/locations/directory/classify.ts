import { userInfo } from 'node:os';
import { SyncdError, type Reason } from '../../runtime/errors.ts';
import type { Role } from '../location.ts';
import { FileCallError } from './io/file-thread.ts';

const UNREACHABLE = 'the disk or the network behind it has a fault: look at the kernel log (dmesg)';

/** What the codes mean at a backend; at a source every one of them is `source_unavailable`. */
const BY_CODE: Readonly<Record<string, readonly [reason: Reason, hint: string]>> = {
  ENOENT: [
    'not_initialised',
    'is the disk mounted? nothing is written to a place without a marker',
  ],
  ENOTDIR: ['not_initialised', 'a file is in the way of a directory: check the configured path'],
  EACCES: ['permission', ''],
  EPERM: ['permission', ''],
  EROFS: ['permission', 'it is mounted read-only: remount it for writing'],
  ENOSPC: ['no_space', 'free space there, or give it a larger disk'],
  EDQUOT: ['no_space', "the user's quota there is used up: raise it or free space"],
  EFBIG: ['no_space', 'the file system has a limit on file sizes below what is needed'],
  EXDEV: ['tool', 'parts of the backend lie on another file system; put all of it on one'],
  EIO: ['unreachable', UNREACHABLE],
  ESTALE: ['unreachable', 'the network file system has lost its handle: remount it'],
  ETIMEDOUT: ['unreachable', UNREACHABLE],
  EHOSTDOWN: ['unreachable', UNREACHABLE],
  EHOSTUNREACH: ['unreachable', UNREACHABLE],
  ENOTCONN: ['unreachable', 'the process behind this mount is gone: unmount it and mount it again'],
  ECONNABORTED: ['unreachable', UNREACHABLE],
  ENODEV: ['unreachable', UNREACHABLE],
  ENXIO: ['unreachable', UNREACHABLE],
  EMFILE: ['tool', 'too many open files: raise LimitNOFILE or ulimit -n'],
  ENFILE: ['tool', 'too many open files on this machine'],
};

/** Gives an error of a file-system call its reason and its hint. Aborts and classified errors pass unchanged. */
export function classify(error: unknown, role: Role): unknown {
  if (!(error instanceof FileCallError)) return error;
  const side = error.side === 'source' ? 'source' : role;
  const [reason, hint] = BY_CODE[error.code] ?? (['internal', ''] as const);
  const text = reason === 'permission' && hint === '' ? permissionHint(error.path) : hint;
  const options = { cause: error, ...(text === '' ? {} : { hint: text }) };
  return new SyncdError(side === 'source' ? 'source_unavailable' : reason, error.message, options);
}

function permissionHint(path: string): string {
  const { username, uid } = userInfo();
  return `user ${username} (uid ${uid}) may not use ${path}: run 'ls -ld ${path}', then chown or chmod it, or run as its owner`;
}
