import { chmodSync, closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { requirePrivate } from './private.ts';

/** The functions that answer a conversation over a socket. */
export interface Reply {
  readonly say: (line: string) => void;
  readonly end: () => void;
}

export type OnLine = (line: string, reply: Reply) => void;

/** Sockets in our own directories. Binding, connecting and unlinking resolve a path, which can hang: see operations.ts. */
export class Sockets {
  private readonly servers = new Map<string, { readonly server: Server; readonly file: string }>();

  /** Listens only to show that this process is alive; no data is sent. The path may have any length. */
  async hold(directory: string, name: string): Promise<void> {
    const server = createServer((socket) => socket.destroy());
    await withShortPath(directory, name, (path) => listen(server, path));
    this.keep(join(directory, name), server);
  }

  /** Accepts one line per connection, for the owner only. Replaces an existing socket. */
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

  /** The paths in a directory that are still the sockets on which we listen; something may have removed or replaced others. */
  servedIn(directory: string): string[] {
    const here = [...this.servers].filter(([path]) => dirname(path) === directory);
    return here.flatMap(([path, { file }]) => (file === fileAt(path) ? [path] : []));
  }

  /** Stops listening, and removes the socket. Running conversations continue. */
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
      return code !== 'ECONNREFUSED' && code !== 'ENOENT'; // anything but a clear no counts as yes: two holders are worse than none
    }
  }
}

/** The identity of a file; undefined if there is none. */
function fileAt(path: string): string | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}

/** The path of a socket may have at most 107 bytes, but that of an open directory is always short. */
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
      server.off('error', reject).on('error', () => undefined); // no descriptor is left; the next connection may succeed
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
