import { createServer } from 'node:net';
import { EXIT, ExitError } from '../exit-error.ts';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 10987;

export interface ChosenPort {
  readonly port: number;
  /** the default was taken, so it is another one */
  readonly isOther: boolean;
}

/** Refuses what `--port` cannot be. */
export function requirePort(port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65535)) return;
  throw new ExitError(
    EXIT.usage,
    '--port must be a number from 0 to 65535',
    '0 takes any free port',
  );
}

/** The port to listen on; throws an ExitError when the one that was asked for cannot be had. */
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

/** The number of a port that was free just now. */
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
