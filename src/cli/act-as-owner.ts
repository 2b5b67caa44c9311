import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { runAs, type Ran, type User } from '../process/run-as.ts';

export type Owner = User;

/** Node has this function, but its types do not. */
interface WithGroups {
  readonly initgroups: (uid: number, gid: number) => void;
}

/** The owner of a directory. */
export async function ownerOf(directory: string): Promise<Owner> {
  const { uid, gid } = await stat(directory);
  return { uid, gid };
}

/** The command has run again in a process of the daemon's user, and this process has nothing more to do. */
export class RanAsOwner extends Error {
  readonly exitCode: number;

  constructor({ exitCode }: Ran) {
    super('the command has run as the owner of the state directory');
    this.name = 'RanAsOwner';
    this.exitCode = exitCode;
  }
}

/**
 * Makes root act as the daemon's user, who owns the state directory, because the daemon could not write to files that root
 * creates. What that user may not do fails here, too. Does nothing for users other than root. Cannot be undone.
 *
 * @throws a RanAsOwner where this Node.js cannot do that
 */
export async function actAs(owner: Owner): Promise<void> {
  if (!isOther(owner)) return;
  if (needsOther(owner)) throw new RanAsOwner(await runCommandAs(owner, process.argv.slice(2)));
  const { uid, gid } = owner;
  try {
    (process as Partial<WithGroups>).initgroups?.(uid, gid);
  } catch {
    process.setgroups?.([gid]); // a user ID without an entry in passwd
  }
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** Makes root act as the owner of the state directory. */
export async function actAsOwnerOf(stateDirectory: string): Promise<void> {
  await actAs(await ownerOf(stateDirectory));
}

/**
 * Runs the command again as the daemon's user if this process cannot change to that user. Call it before the command does anything.
 *
 * @throws a RanAsOwner then
 */
export async function requireActing(stateDirectory: string): Promise<void> {
  const owner = await ownerOf(stateDirectory).catch(() => undefined); // it may not exist yet
  if (owner !== undefined && needsOther(owner)) await actAs(owner);
}

/**
 * Whether it takes another process to act as a user. Node.js forbids a process to change its user where its libuv might use io_uring,
 * as that of Debian 13 (CVE-2024-22017).
 */
export function needsOther(owner: Owner): boolean {
  if (!isOther(owner)) return false;
  try {
    process.setegid?.(process.getegid?.() ?? 0);
    return false;
  } catch {
    return true;
  }
}

/** Runs a command line as the daemon's user; what it records names the person who runs this one. */
export async function runCommandAs(
  owner: Owner,
  args: readonly string[],
  how: { readonly isRead?: boolean } = {},
): Promise<Ran> {
  const { username: SUDO_USER, uid } = userInfo();
  const env = process.env['SUDO_USER'] === undefined ? { SUDO_USER, SUDO_UID: String(uid) } : {};
  return runAs(owner, args, { ...how, env });
}

function isOther({ uid }: Owner): boolean {
  return process.geteuid?.() === 0 && uid !== 0;
}
