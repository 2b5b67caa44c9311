import { userInfo } from 'node:os';
import { SyncdError } from '../../runtime/errors.ts';
import type { Role } from '../location.ts';
import { meaningOf, PERMISSION_CODES } from './errno-meanings.ts';
import { FileCallError } from './io/file-thread.ts';

/**
 * Gives an error of a file-system call its reason and its hint. Aborts and classified errors pass unchanged.
 *
 * @param place the root of the location that made the call, and what it is used for
 */
export function classify(error: unknown, place: { role: Role; root: string }): unknown {
  if (!(error instanceof FileCallError)) return error;
  const { code, path } = error;
  const side = error.side === 'source' ? 'source' : place.role;
  const meaning = meaningOf(code);
  if (meaning === undefined) return error;
  const where = path === '' ? place.root : path;
  const message = error.message.includes('/') ? error.message : `${error.message} '${where}'`;
  const hint = PERMISSION_CODES.has(code) ? permissionHint(where) : hintFor(side, meaning);
  const isPlaces = meaning.isOfThisMachine !== true;
  const reason = side === 'source' && isPlaces ? 'source_unavailable' : meaning.reason;
  return new SyncdError(reason, message, { cause: error, hint });
}

function hintFor(
  side: Role,
  { hint, atSource = hint }: { readonly hint: string; readonly atSource?: string | undefined },
): string {
  return side === 'source' ? atSource : hint;
}

function permissionHint(path: string): string {
  const uid = process.geteuid?.();
  if (uid === 0)
    return `not even root (uid 0) may use ${path}: look for a FUSE mount of another user without allow_root, an NFS export with root_squash, or an immutable file (lsattr)`;
  return `${userName()} may not use ${path}: run 'ls -ld ${path}', then chown or chmod it, or run as its owner`;
}

/** A user without an entry in passwd(5), as in a container with `--user`, has a number only, and `userInfo` throws. */
function userName(): string {
  try {
    const { username, uid } = userInfo();
    return `user ${username} (uid ${uid})`;
  } catch {
    return `uid ${process.geteuid?.() ?? '?'}`;
  }
}
