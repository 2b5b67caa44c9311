import { chmodSync, closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { requirePrivate } from './private.ts';

/** What a conversation over a socket is answered with. */
export interface Reply {
  readonly say: (line: string) => void;
  readonly end: () => void;
}

export type OnLine = (line: string, reply: Reply) => void;

/** Sockets in directories of our own. To bind, connect or unlink is to look a path up, which can hang: see operations.ts. */
export class Sockets {
  private readonly servers = new Map<string, { readonly server: Server; readonly file: string }>();

  /** Listens for who wants to know whether we live; nothing is said. Its path may be of any length. */
  async hold(directory: string, name: string): Promise<void> {
    const server = createServer((socket) => socket.destroy());
    await withShortPath(directory, name, (path) => listen(server, path));
    this.keep(join(directory, name), server);
  }

  /** Listens for one line from each who connects, for the owner alone. Replaces a socket that is there. */
  async serve(path: string, onLine: OnLine): Promise<void> {
    requirePrivate(dirname(path));
    this.close(path);
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      const lines = createInterface({ input: socket });
      lines.once('line', (line) =>
        onLine(line, {
          say: (text) => {
            if (!socket.destroyed) socket.write(`${text}\n`);
          },
          end: () => socket.end(),
        }),
      );
    });
    await listen(server, path);
    this.keep(path, server);
  }

  /** Whether what is at the path is the socket on which we listen: somebody may have removed or replaced it. */
  isServed(path: string): boolean {
    const served = this.servers.get(path);
    return served !== undefined && served.file === fileAt(path);
  }

  /** Stops listening, and removes the socket. Running conversations go on. */
  close(path: string): void {
    this.servers.get(path)?.server.close();
    this.servers.delete(path);
    rmSync(path, { force: true });
  }

  private keep(path: string, server: Server): void {
    chmodSync(path, 0o600);
    this.servers.set(path, { server, file: fileAt(path) ?? '' });
  }

  async isHeld(directory: string, name: string): Promise<boolean> {
    try {
      await withShortPath(directory, name, reach);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code !== 'ECONNREFUSED' && code !== 'ENOENT'; // anything but a clear no: two holders are worse than none
    }
  }
}

/** What tells a file from all others; undefined when there is none. */
function fileAt(path: string): string | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}

/** The path of a socket has 107 bytes at most, but that of an open directory is always short. */
async function withShortPath(
  directory: string,
  name: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const fd = openSync(directory, 'r');
  try {
    const isLinux = process.platform === 'linux';
    await use(isLinux ? `/proc/self/fd/${fd}/${name}` : join(directory, name));
  } finally {
    closeSync(fd);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, () => {
      server.off('error', reject).on('error', () => undefined); // no descriptor left: the next one may get in
      server.unref();
      resolve();
    });
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
