import { stat } from 'node:fs/promises';

/** A user and a group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Node has it, and its types do not. */
interface WithGroups {
  readonly initgroups: (uid: number, gid: number) => void;
}

/** To whom a directory belongs. */
export async function ownerOf(directory: string): Promise<Owner> {
  const { uid, gid } = await stat(directory);
  return { uid, gid };
}

/**
 * Makes root act as the user of the daemon, to whom the state directory belongs: what root makes, the daemon could not write to.
 * What that user may not do fails here, too, and is told. Does nothing for anybody else than root. Cannot be taken back.
 */
export function actAs({ uid, gid }: Owner): void {
  if (process.geteuid?.() !== 0 || uid === 0) return;
  try {
    (process as Partial<WithGroups>).initgroups?.(uid, gid);
  } catch {
    process.setgroups?.([gid]); // a number without an entry in the list of users
  }
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** The same, with the owner of the state directory. */
export async function actAsOwnerOf(stateDirectory: string): Promise<void> {
  actAs(await ownerOf(stateDirectory));
}
