import { stat } from 'node:fs/promises';

/** A user and a group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Node has this function, but its types do not. */
interface WithGroups {
  readonly initgroups: (uid: number, gid: number) => void;
}

/** The owner of a directory. */
export async function ownerOf(directory: string): Promise<Owner> {
  const { uid, gid } = await stat(directory);
  return { uid, gid };
}

/**
 * Makes root act as the daemon's user, who owns the state directory, because the daemon could not write to files that root
 * creates. What that user may not do fails here, too. Does nothing for users other than root. Cannot be undone.
 */
export function actAs({ uid, gid }: Owner): void {
  if (process.geteuid?.() !== 0 || uid === 0) return;
  try {
    (process as Partial<WithGroups>).initgroups?.(uid, gid);
  } catch {
    process.setgroups?.([gid]); // a user ID without an entry in passwd
  }
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** The same, with the owner of the state directory. */
export async function actAsOwnerOf(stateDirectory: string): Promise<void> {
  actAs(await ownerOf(stateDirectory));
}
