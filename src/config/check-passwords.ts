import { statSync } from 'node:fs';
import { describeUser, ownUid, userWord } from '../runtime/users.ts';
import type { Probe } from './probe.ts';
import type { ClientConfig, Fault } from './types.ts';

/** Files and programs that passwords come from. */
export function passwordPaths({ source: { password } }: ClientConfig): string[] {
  if (password === undefined || 'env' in password) return [];
  return ['file' in password ? password.file : password.command[0]];
}

interface Checker {
  readonly fault: (message: string, severity?: 'warning') => Fault[];
  readonly ignoresRights: boolean;
}

/** Finds problems with the source of a client's password. Reads no password. */
export function checkPassword(
  client: ClientConfig,
  probes: ReadonlyMap<string, Probe>,
  { ignoresRights }: Pick<Checker, 'ignoresRights'>,
): Fault[] {
  const { password } = client.source;
  const [path] = passwordPaths(client);
  if (password === undefined || path === undefined) return [];
  const isFile = 'file' in password;
  const key = ['source', 'password', ...(isFile ? ['file'] : ['command', 0])];
  const fault: Checker['fault'] = (message, severity) => [
    { client, key, message: `"${path}" ${message}`, severity: severity ?? 'error' },
  ];
  const { found } = probes.get(path) ?? { found: 'unchecked' };
  if (found === 'other') return isFile ? checkFile(path, { fault, ignoresRights }) : [];
  if (found === 'refused' || found === 'error')
    return ignoresRights ? [] : fault(`cannot be checked by ${me()}`);
  const wrong = WRONG[found];
  return wrong === undefined ? [] : fault(`${wrong}; name ${isFile ? THE_FILE : THE_PROGRAM}`);
}

const WRONG: Readonly<Partial<Record<Probe['found'], string>>> = {
  missing: 'does not exist',
  directory: 'is a directory',
  hangs: 'does not respond',
};
const THE_FILE = 'a file that contains the password';
const THE_PROGRAM = 'the program that prints the password';

function checkFile(path: string, { fault, ignoresRights }: Checker): Fault[] {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return [];
  if (!info.isFile()) return fault('is not a file');
  if (info.size === 0) return fault('is empty; write the password of the repository to it');
  if ((info.mode & 0o004) !== 0)
    return fault(`can be read by every user of this machine; run: chmod o-r ${path}`, 'warning');
  const uid = ownUid() ?? 0;
  if (ignoresRights || uid === 0 || (info.mode & 0o040) !== 0) return [];
  if (info.uid === uid && (info.mode & 0o400) !== 0) return [];
  return fault(
    `cannot be read by ${me()}; as root, run: chown ${userWord(uid)} ${path} && chmod 400 ${path}`,
  );
}

function me(): string {
  return describeUser(ownUid() ?? 0);
}
