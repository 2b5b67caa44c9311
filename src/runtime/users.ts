import { readFileSync, statSync } from 'node:fs';

/** The user ID by which the system judges calls of this process; undefined where there are no users. */
export function ownUid(): number | undefined {
  return process.geteuid?.();
}

/** A user for people, with the name if passwd has one. */
export function describeUser(uid: number): string {
  const name = nameIn('/etc/passwd', uid);
  return name === undefined ? `uid ${uid}` : `user ${name} (uid ${uid})`;
}

/** A user as commands take one: the name, else the number. */
export function userWord(uid: number): string {
  return nameIn('/etc/passwd', uid) ?? String(uid);
}

/** The user to whom a file or a directory belongs, by number; undefined where that cannot be seen. */
export function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

/** The group of this process, as commands take one. */
export function ownGroupWord(): string {
  const gid = process.getegid?.() ?? 0;
  return nameIn('/etc/group', gid) ?? String(gid);
}

/** @see passwd(5), group(5): the number is the third field */
function nameIn(file: string, id: number): string | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.find((line) => line.split(':')[2] === String(id))?.split(':')[0];
  } catch {
    return undefined; // a container without such a list
  }
}
