import { chown } from 'node:fs/promises';
import { loadRemoved, removedFileOf, saveRemoved } from '../../state/removed-clients.ts';
import { ownerOf } from '../act-as-owner.ts';

/**
 * Records that a person removed a client, so that its metrics say so for a day, and no alert fires, even if no daemon runs now or
 * no client is left. Does nothing where the state cannot be written: a daemon notices most removals by itself.
 */
export async function announceRemoval(
  stateDirectory: string,
  client: string,
  now: number,
): Promise<void> {
  try {
    const before = await loadRemoved(stateDirectory);
    await saveRemoved(stateDirectory, new Map([...before, [client, now]]));
    await giveToOwner(stateDirectory, removedFileOf(stateDirectory));
  } catch {
    // as it says above
  }
}

/** Gives a file that root has written in the state directory to the daemon's user. */
export async function giveToOwner(stateDirectory: string, path: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await ownerOf(stateDirectory);
  await chown(path, uid, gid);
}
