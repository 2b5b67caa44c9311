import type { Reason } from '../../runtime/errors.ts';
import { limitHint, mountHint, pathHint } from '../../runtime/errno-hints.ts';
import { NO_HANDLES, UNFIT } from './io/file-problem.ts';

/** The meaning of a file-system error at a backend, and what to do about it. */
export interface Meaning {
  readonly reason: Reason;
  readonly hint: string;
  /** what to do about it at a source, if that differs */
  readonly atSource?: string | undefined;
  /** what to do about it for the configured path itself, if that differs */
  readonly ofRoot?: string | undefined;
  /** it says nothing about the place: the reason is the same at a source */
  readonly isOfThisMachine?: true;
}

/** Their hint depends on the path and on the user. */
export const PERMISSION_CODES: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

const DISK = mountHint('EIO') ?? '';
const IN_THE_WAY =
  'something is there that backup-syncd did not create: find out what it is, and move it away';
const CHECK_SOURCE = 'is its disk mounted? Check source in the configuration';
const UNABLE =
  'this file system lacks what a replica needs: use another file system, or an rclone backend';

/** Errors whose meaning depends on the operation. */
const GROUPS: readonly (Meaning & { readonly codes: string })[] = [
  {
    codes: 'ENOENT',
    reason: 'not_initialised',
    hint: 'is the disk mounted? Nothing is written to a place without a marker',
    atSource: CHECK_SOURCE,
  },
  {
    codes: 'ENOTDIR',
    reason: 'not_initialised',
    hint: 'a file is where a directory should be: move it away, and find out who created it',
    ofRoot: pathHint('ENOTDIR'),
  },
  {
    codes: 'ELOOP',
    reason: 'not_initialised',
    hint: 'there is a symbolic link, which backup-syncd never follows: put a file or a directory in its place',
    ofRoot: pathHint('ELOOP'),
  },
  {
    codes: `EISDIR ${UNFIT}`,
    reason: 'not_initialised',
    hint: 'something else is where this file should be: find out what it is, and who created it',
  },
  { codes: 'EEXIST ENOTEMPTY', reason: 'tool', hint: IN_THE_WAY },
  {
    codes: 'EACCES EPERM',
    reason: 'permission',
    hint: 'give the place to the user that runs backup-syncd', // replaced: see PERMISSION_CODES
  },
  {
    codes: 'EROFS',
    reason: 'permission',
    hint: 'it is read-only: remount it read-write, or, in a service of systemd, name its mount point in ReadWritePaths=; if it was writable before, check the kernel log (dmesg)',
    atSource: DISK,
  },
  {
    codes: 'ENOSPC',
    reason: 'no_space',
    hint: "free some space there, or use a larger disk; 'df -i' shows whether it has run out of inodes",
    atSource: DISK,
  },
  {
    codes: 'EDQUOT',
    reason: 'no_space',
    hint: 'a quota there is used up (of the user, the group, the project or the subvolume): raise it or free some space',
    atSource: DISK,
  },
  {
    codes: 'EFBIG',
    reason: 'no_space',
    hint: 'the file system does not allow files of this size (FAT allows less than 4 GiB): use another file system',
    atSource: DISK,
  },
  {
    codes: 'EMLINK',
    reason: 'no_space',
    hint: 'a directory there is full: use a file system without this limit',
    atSource: DISK,
  },
  {
    codes: NO_HANDLES,
    reason: 'tool',
    hint: 'mount /proc for backup-syncd: without it, backup-syncd cannot detect symbolic links',
    isOfThisMachine: true,
  },
  {
    codes: 'EXDEV',
    reason: 'tool',
    hint: 'parts of the backend are on another file system: put all of it on one',
  },
  {
    codes: 'EBUSY ETXTBSY',
    reason: 'tool',
    hint: "another process is using it, or it is a mount point: check with 'fuser -vm' and 'findmnt'. The next pass will retry",
  },
  {
    codes: 'ENAMETOOLONG',
    reason: 'tool',
    hint: 'the file system does not allow a path or a name of this length (ids have 64 characters): use a shorter path, or another file system',
    atSource: 'the path is too long: mount or bind the repository at a shorter one',
  },
  {
    codes: 'EINVAL ENOSYS ENOTSUP ENOTSUPP EOVERFLOW ENOTTY E2BIG EPROTONOSUPPORT EDOM ESPIPE',
    reason: 'tool',
    hint: UNABLE,
    atSource: 'this file system does not work like a disk: mount the repository another way',
  },
];

const BY_CODE: ReadonlyMap<string, Meaning> = new Map(
  GROUPS.flatMap(({ codes, ...meaning }) => codes.split(' ').map((code) => [code, meaning])),
);

/** The meaning of a code; undefined for one that no system call returns, such as `ERR_OUT_OF_RANGE`, which is a bug in our code. */
export function meaningOf(code: string): Meaning | undefined {
  const limit = limitHint(code);
  if (limit !== undefined) return { reason: 'tool', hint: limit, isOfThisMachine: true };
  const fault = mountHint(code);
  if (fault !== undefined) return { reason: isOfKey(code) ? 'auth' : 'unreachable', hint: fault };
  const known = BY_CODE.get(code);
  if (known !== undefined || !/^(?:E[A-Z0-9]+|errno \d+)$/.test(code)) return known;
  const hint = `file systems should not fail with ${code}: check the kernel log (dmesg), and what is behind the mount`;
  return { reason: 'unreachable', hint };
}

function isOfKey(code: string): boolean {
  return code.includes('KEY');
}
