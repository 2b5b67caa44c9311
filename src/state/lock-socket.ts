import { randomBytes } from 'node:crypto';
import { chmod, open, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

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
export async function openLockSocket(directory: string): Promise<LockSocket | undefined> {
  const name = `.lock-${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  const server = createServer((socket) => socket.destroy());
  try {
    await withShortPath(directory, name, (short) => listen(server, short));
    await chmod(path, 0o600);
  } catch {
    server.close();
    await rm(path, { force: true });
    return undefined;
  }
  server.unref();
  return {
    name,
    close: async () => {
      await rm(path, { force: true });
      server.close();
    },
  };
}

/** Anything but a clear no counts as yes: two holders are worse than none. */
export async function isListenedOn(directory: string, name: string): Promise<boolean> {
  if (!NAME.test(name)) return false;
  try {
    await withShortPath(directory, name, reach);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ECONNREFUSED' && code !== 'ENOENT';
  }
}

/** What a killed holder left behind. */
export async function removeLockSocket(directory: string, name: string): Promise<void> {
  if (NAME.test(name)) await rm(join(directory, name), { force: true });
}

/** The path of a socket has 107 bytes at most, but that of an open directory is always short. */
async function withShortPath(
  directory: string,
  name: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const handle = await open(directory);
  try {
    const isLinux = process.platform === 'linux';
    await use(isLinux ? `/proc/self/fd/${handle.fd}/${name}` : join(directory, name));
  } finally {
    await handle.close();
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}

function reach(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject).once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
