import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { OwnFiles } from '../files/own-files.ts';

/**
 * Shows that the holder of a lock is alive in another PID namespace, where its process ID means nothing: it listens on a socket
 * next to its lock file. The kernel accepts connections for it, even if it is busy or stopped, and refuses them as soon as it has
 * ended in any way. This works across namespaces, and no data is exchanged.
 */
export interface LockSocket {
  readonly name: string;
  close(): Promise<void>;
}

const NAME = /^\.lock-[0-9a-f]{16}$/;

/** Undefined if sockets cannot be created, as on some network file systems; other containers are then not detected. */
export async function openLockSocket(
  directory: string,
  files: OwnFiles,
): Promise<LockSocket | undefined> {
  const name = `.lock-${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  try {
    await files.call('hold', { directory, name });
  } catch {
    await files.call('remove', { path }).catch(() => undefined);
    return undefined;
  }
  return { name, close: () => files.call('closeSocket', { path }) };
}

/** Anything but a clear no counts as yes: two holders are worse than none. */
export async function isListenedOn(
  directory: string,
  name: string,
  files: OwnFiles,
): Promise<boolean> {
  return NAME.test(name) && files.call('isHeld', { directory, name });
}

/** Removes the socket that a killed holder left behind. */
export async function removeLockSocket(
  directory: string,
  name: string,
  files: OwnFiles,
): Promise<void> {
  if (NAME.test(name)) await files.call('remove', { path: join(directory, name) });
}
