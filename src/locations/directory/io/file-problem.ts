import { errorCode, errorMessage } from '../../../runtime/system-error.ts';

type Side = 'source' | 'target';

/** A file-system error that knows on which side of a copy it happened, and with which file. */
export class FileProblem extends Error {
  readonly code: string;
  readonly path: string;
  readonly side: Side;

  constructor(error: unknown, side: Side, path: string) {
    super(messageWithPath(error, path), { cause: error });
    this.name = 'FileProblem';
    this.code = errorCode(error);
    this.path = (error as NodeJS.ErrnoException).path ?? path;
    this.side = side;
  }
}

/** Calls on an open file, such as write(2), fail without naming it. */
function messageWithPath(error: unknown, path: string): string {
  const message = errorMessage(error);
  return message.includes('/') ? message : `${message} '${path}'`;
}

/** Codes of a file that cannot be read though its file system can: a bad sector, or a checksum that does not match. */
const MEDIUM_ERRORS: ReadonlySet<string> = new Set([
  'EIO', // most drivers and file systems
  'ENODATA', // the block layer's "critical medium error"
  'EBADMSG', // ext4 and xfs: a checksum does not match
  'EUCLEAN', // ext4, xfs, btrfs: the file's metadata is damaged
  'EILSEQ', // the block layer's "protection error" (dm-integrity, T10 PI)
  'EHWPOISON', // the page cache lies in broken memory
]);

/** Whether it is the fault of one file, and not of the place, that it cannot be read. */
export function isMediumError(code: string): boolean {
  return MEDIUM_ERRORS.has(code);
}

/** Runs `action`, giving its errors the side and, where they name none, the path. */
export function onSide<T>(side: Side, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    throw new FileProblem(error, side, path);
  }
}

/** The code of our own for something that is not what its name says; no system call fails with it. */
export const UNFIT = 'unfit';

/** The code of our own for a machine on which directories cannot be used through handles. */
export const NO_HANDLES = 'nohandles';

/** An error about a file or directory that cannot be what its path says. */
export function unfit(path: string, why: string): Error {
  return Object.assign(new Error(`${path} ${why}`), { code: UNFIT, path });
}
