import { chown, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoHint } from '../../runtime/errno-hints.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';
import { syncAbove } from '../../runtime/durable.ts';
import { findRefusal } from '../../runtime/refusal.ts';
import { describeUser, ownUid, userWord } from '../../runtime/users.ts';
import type { MakePlace } from '../opening.ts';

type Owner = MakePlace['owner'];

/**
 * Creates a directory and its parents durably, and returns whether anything had to be created.
 *
 * @param owner owns what root creates
 */
export async function makeDirectory(path: string, owner: Owner): Promise<boolean> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first !== undefined && process.geteuid?.() === 0)
      for (const made of between(first, path)) await chown(made, owner.uid, owner.gid);
    syncAbove(path); // even if it existed: an earlier attempt may have stopped halfway
    return first !== undefined;
  } catch (error) {
    const code = errorCode(error);
    const hints: Readonly<Record<string, string>> = {
      EACCES: refusedHint(path, owner),
      EPERM: 'that file system does not allow it: is it mounted for another user, or immutable?',
      EROFS: 'that file system is mounted read-only',
      ENOSPC: `there is no space left, or no inodes: see 'df -h' and 'df -i'`,
      EDQUOT:
        'a quota there is used up (of the user, the group, the project or the subvolume): raise it or free some space',
    };
    const hint =
      hints[code] ?? errnoHint(code) ?? 'check the file system there, and the kernel log (dmesg)';
    const message = `cannot create ${path}: ${errorMessage(error)}`;
    throw new SyncdError('not_initialised', message, hint, error);
  }
}

function refusedHint(path: string, { uid }: Owner): string {
  const refusal = findRefusal(path, 'rw');
  const isShut = refusal?.lacks === 'x' && refusal.path !== path;
  const command = isShut
    ? `chmod o+x ${refusal.path}`
    : `install -d -m 700 -o ${userWord(uid)} ${path}`;
  const who =
    refusal === undefined
      ? ''
      : `${describeUser(ownUid() ?? 0)} may not ${isShut ? 'pass through' : 'write to'} ${refusal.path}; `;
  return `${who}as root, run: ${command}`;
}

/** The directories from the first to the last, which is below it, including both. */
function between(first: string, last: string): string[] {
  return last === first || last === dirname(last)
    ? [last]
    : [...between(first, dirname(last)), last];
}
