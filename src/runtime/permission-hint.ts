import type { Refusal } from './refusal.ts';
import { describeUser, ownGroupWord, ownUid, userWord } from './users.ts';

interface Question {
  /** of the place */
  readonly root: string;
  /** the path that was to be used */
  readonly path: string;
  /** what refuses it; undefined if owner and mode are not the reason */
  readonly refusal: Refusal | undefined;
  readonly side: 'source' | 'backend' | 'verified';
}

const VERBS: Readonly<Record<Refusal['lacks'], string>> = {
  r: 'read',
  w: 'write to',
  x: 'pass through',
};

/** The hint when the user of this process may not use a place: who may not use what, and the command that helps. */
export function permissionHint({ root, path, refusal, side }: Question): string {
  const uid = ownUid() ?? 0;
  if (uid === 0)
    return `not even root (uid 0) may do this in ${root}: look for another user's FUSE mount without allow_root, an NFS export with root_squash, or an immutable file or directory (lsattr -R ${root})`;
  const user = describeUser(uid);
  if (refusal === undefined || (side !== 'backend' && refusal.lacks === 'w'))
    return `${user} may not use ${path}, though its owner and mode allow it: look for an immutable file or directory (lsattr -R ${root}), or another user's FUSE mount without allow_other (findmnt --target ${path})`;
  const owner =
    refusal.owner === undefined ? '' : `, which belongs to ${describeUser(refusal.owner)}`;
  const who = `${user} may not ${VERBS[refusal.lacks]} ${refusal.path}${owner}`;
  const isAbove = refusal.path !== root && !refusal.path.startsWith(`${root}/`);
  if (isAbove && refusal.lacks === 'x') return `${who}; as root, run: chmod o+x ${refusal.path}`;
  if (side === 'backend')
    return `${who}; as root, run: chown -R ${userWord(uid)} ${isAbove ? refusal.path : root}`;
  const group = ownGroupWord();
  // the setgid bit gives the group to files that restic writes later
  return `${who}; run the daemon as that user, or, as root, let its group read: chgrp -R ${group} ${root} && chmod -R g+rX ${root} && find ${root} -type d -exec chmod g+s {} +`;
}
