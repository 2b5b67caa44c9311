import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoHint } from './errno-hints.ts';
import { errorCode } from './system-error.ts';
import { findRefusal } from './refusal.ts';
import { describeUser, ownerOf, ownUid, userWord } from './users.ts';

/**
 * The hint when one of backup-syncd's own files or directories cannot be used. Depends on the error and, for permissions, on the
 * owner of the directory, who is the daemon's user and must stay its owner.
 *
 * @param directory the state or runtime directory, or one below it
 * @param file the file in it that could not be used, if it was a file
 */
export function ownFilesHint(error: unknown, directory: string, file?: string): string {
  const code = errorCode(error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return (file && fileHint(file)) ?? permissionHint(directory);
    case 'ENOENT':
      return `as root, run: ${makeCommand(directory)}`;
    case 'ENOSPC':
      return `there is no space left, or no inodes: see 'df -h ${directory}' and 'df -i ${directory}'`;
    case 'EDQUOT':
      return 'a quota there is used up (of the user, the group, the project or the subvolume): raise it or free some space';
    case 'EROFS':
      return `its file system is mounted read-only: see 'findmnt --target ${directory}'`;
    default:
      return errnoHint(code) ?? 'check its file system, and the kernel log (dmesg)';
  }
}

/**
 * The hint when a command cannot change a file in a directory that need not belong to the daemon's user, such as the configuration.
 */
export function editHint(error: unknown, path: string): string {
  const code = errorCode(error);
  if (['EACCES', 'EPERM'].includes(code) && ownUid() !== 0)
    return 'run the command as root, or as the owner of the file and its directory';
  if (code === 'ENOENT')
    return 'a directory of this path, or what a link in it leads to, is missing';
  return ownFilesHint(error, dirname(path));
}

/**
 * The hint about a file that this user may not read and write, such as one that root created; undefined if that is not the reason.
 */
function fileHint(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const self = ownUid() ?? 0;
  if (found.uid !== self) return `as root, run: chown ${userWord(self)} ${file}`;
  return (found.mode & 0o600) === 0o600 ? undefined : `run: chmod u+rw ${file}`;
}

function permissionHint(directory: string): string {
  const self = ownUid() ?? 0;
  const owner = ownerOf(directory);
  const refusal = self === 0 ? undefined : findRefusal(directory, 'rw');
  if (refusal?.lacks === 'x' && refusal.path !== directory)
    return `${describeUser(self)} may not pass through ${refusal.path}; as root, run: chmod o+x ${refusal.path}`;
  if (owner === undefined) return `as root, run: ${makeCommand(directory)}`;
  if (self === 0)
    return `not even root may use ${directory}: is it an NFS export with root_squash, or immutable (lsattr -d ${directory})?`;
  if (owner === self) return `run: chmod u+rwx ${directory}`;
  const chown = `if the daemon runs as ${describeUser(self)}, run as root: chown -R ${userWord(self)} ${directory}`;
  if (owner === 0) return `${directory} belongs to root; ${chown}`;
  return `${directory} belongs to ${describeUser(owner)}, which should be the daemon's user: run this as that user (sudo -u ${userWord(owner)} backup-syncd …), or as root`;
}

/** The command that creates a directory for the user of this process. */
function makeCommand(directory: string): string {
  return `install -d -m 700 -o ${userWord(ownUid() ?? 0)} ${directory}`;
}
