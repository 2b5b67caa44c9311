import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { OwnFiles } from '../files/own-files.ts';

/**
 * What shows that the holder of a lock lives where its number says nothing, in another PID namespace: it listens on a
 * socket beside its lock file. The kernel accepts connections for it, even when it is busy or stopped, and refuses them
 * as soon as it has ended, in whatever way. This crosses namespaces, and nothing is asked or answered.
 */
export interface LockSocket {
  readonly name: string;
  close(): Promise<void>;
}

const NAME = /^\.lock-[0-9a-f]{16}$/;

/** Undefined where sockets cannot be made, as on some network file systems: there, other containers are not noticed. */
export async function openLockSocket(
  directory: string,
  files: OwnFiles,
): Promise<LockSocket | undefined> {
  const name = `.lock-${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  try {
    await files.sockets.hold(directory, name);
  } catch {
    await files.call('remove', { path }).catch(() => undefined);
    return undefined;
  }
  return { name, close: () => files.sockets.close(path) };
}

/** Anything but a clear no counts as yes: two holders are worse than none. */
export async function isListenedOn(
  directory: string,
  name: string,
  files: OwnFiles,
): Promise<boolean> {
  return NAME.test(name) && files.sockets.isHeld(directory, name);
}

/** What a killed holder left behind. */
export async function removeLockSocket(
  directory: string,
  name: string,
  files: OwnFiles,
): Promise<void> {
  if (NAME.test(name)) await files.call('remove', { path: join(directory, name) });
}
