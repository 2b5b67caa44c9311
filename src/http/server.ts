import type { Express } from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnavailableError } from '../runtime/errors.ts';
import { Connections } from './connections.ts';
import { refuseForeignHost } from './host-check.ts';
import { limitHint } from '../runtime/errno-hints.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  /** The accepted host names in lower case, besides addresses and localhost; see HostRule. */
  readonly allowedHosts?: () => readonly string[] | undefined;
  /** Closes the server. */
  readonly signal?: AbortSignal;
}

export interface RunningServer {
  readonly url: string;
  /** Accepts no new requests, gives running ones a second, and resolves when all connections are closed. */
  readonly close: () => Promise<void>;
}

/** Resolves when the server listens. Rejects with an UnavailableError that names the address when it cannot. */
export async function startServer(app: Express, options: ServerOptions): Promise<RunningServer> {
  options.signal?.throwIfAborted();
  let address = '';
  const server = createServer(LIMITS, (request, response) => {
    const rule = { address, allowedHosts: options.allowedHosts?.() };
    if (!refuseForeignHost(request, response, rule)) app(request, response);
  });
  new Connections(server, MOST_CONNECTIONS);
  server.timeout = 30_000;
  await listen(server, options);
  ({ address } = server.address() as AddressInfo);
  let closed: Promise<void> | undefined;
  function close(): Promise<void> {
    return (closed ??= closeServer(server));
  }
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  return { url: urlOf(server), close };
}

/** A connection outlives the usual scrape intervals, and a slow client cannot keep one open. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 75_000 };

const MOST_CONNECTIONS = 256;

const GRACE_MS = 1000;

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', ignoreAcceptError);
}

/** Ignores an error such as too many open files: the daemon accepts the next connection when a descriptor is free. */
function ignoreAcceptError(): void {
  // nothing to be done here
}

async function closeServer(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  const deadline = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await done;
  clearTimeout(deadline);
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): UnavailableError {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const code = errorCode(error);
  const unknown = [
    errorMessage(error),
    limitHint(code) ?? `To listen elsewhere, ${ELSEWHERE}.`,
  ] as const;
  const [why, hint] = CAUSES[code] ?? unknown;
  return new UnavailableError('unavailable', `cannot listen on ${address}: ${why}`, hint);
}

const ELSEWHERE = 'set `listen` in the configuration to another address or port';

const CAUSES: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EADDRINUSE: [
    'another program is already listening there',
    `If it is another backup-syncd, stop it; otherwise ${ELSEWHERE}.`,
  ],
  EACCES: ['permission denied', `Only root may use ports below 1024: ${ELSEWHERE}, 1024 or above.`],
  EADDRNOTAVAIL: [
    'this machine does not have that address',
    `Bring the interface up first, or ${ELSEWHERE}, such as 127.0.0.1:10987.`,
  ],
  ENOTFOUND: ['no such host name', `Write an IP address, or ${ELSEWHERE}.`],
};
