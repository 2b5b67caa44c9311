import { createServer } from 'node:net';
import { EXIT, ExitError } from '../exit-error.ts';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 10987;

export interface ChosenPort {
  readonly port: number;
  /** the default port was taken, so this is another one */
  readonly isOther: boolean;
}

/** Refuses an invalid `--port`. */
export function requirePort(port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65535)) return;
  throw new ExitError(
    EXIT.usage,
    '--port must be a number from 0 to 65535',
    '0 takes any free port',
  );
}

/** Returns the port to listen on. Throws an ExitError when the requested port is not available. */
export async function choosePort(wanted: number | undefined): Promise<ChosenPort> {
  try {
    return { port: await tryPort(wanted ?? DEFAULT_PORT), isOther: false };
  } catch (error) {
    if (wanted === undefined) return { port: await tryPort(0), isOther: true };
    throw new ExitError(
      EXIT.unavailable,
      `cannot listen on ${HOST}:${wanted}: ${explain(error)}`,
      'choose another --port, or leave it out to use a free port',
    );
  }
}

/** Returns a port that was free just now. */
async function tryPort(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host: HOST, port }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : port;
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'another program is already listening there';
  if (code === 'EACCES') return 'permission denied; only root may use ports below 1024';
  return message;
}
