import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeUser, userWord } from '../runtime/users.ts';

/**
 * Throws if someone other than the owner may have put a socket into a directory: everyone can write to it, or it belongs to
 * another user. Returns its owner. Root may use other users' directories, because the configuration names them.
 */
export function requirePrivate(directory: string): number {
  const { uid, mode } = statSync(directory);
  const self = process.geteuid?.() ?? uid;
  if ((mode & 0o002) !== 0)
    throw notPrivate(
      `everyone can write to the runtime directory ${directory}`,
      `chmod o-w ${directory}`,
    );
  if (![self, 0].includes(uid) && self !== 0)
    throw notPrivate(
      `the runtime directory ${directory} belongs to ${describeUser(uid)}`,
      `if that is the daemon's user, run this as that user (sudo -u ${userWord(uid)} backup-syncd …), or as root; if the daemon runs as ${describeUser(self)}, run as root: chown ${userWord(self)} ${directory}`,
    );
  return uid;
}

/** Throws unless the socket was created by the user of this process, by root, or by the owner of its directory. */
export function requireOwnSocket(path: string): void {
  const owner = requirePrivate(dirname(path));
  const { uid } = lstatSync(path);
  if ([process.geteuid?.() ?? uid, 0, owner].includes(uid)) return;
  throw notPrivate(
    `the control socket ${path} belongs to ${describeUser(uid)}`,
    'find out who created it, and remove it',
  );
}

function notPrivate(what: string, remedy: string): Error {
  const message = `${what}: whatever listens there may not be backup-syncd`;
  const hint = `${remedy}; or set runtimeDirectory in backup-syncd.yaml to a directory that no one else can write to`;
  return Object.assign(new Error(message), { code: 'ENOTPRIVATE', hint });
}
