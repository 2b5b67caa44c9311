import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { requireOwnSocket } from '../files/private.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { formatDuration } from '../runtime/units.ts';
import type { ControlAnswer, ControlRequest } from './control-protocol.ts';

export interface CallDaemonOptions {
  /** when it fires, the connection closes, and the daemon continues with the request */
  readonly signal: AbortSignal;
  /** a daemon that is silent for this long hangs, in milliseconds */
  readonly silenceMs: number;
}

/**
 * Sends a request to the daemon that runs a client, and yields its answers; yields nothing if no daemon is listening. Throws an
 * UnavailableError when the socket may belong to someone else, or the daemon does not answer.
 */
export async function* callDaemon(
  socketPath: string,
  request: ControlRequest,
  { signal, silenceMs }: CallDaemonOptions,
): AsyncGenerator<ControlAnswer> {
  const socket = await reach(socketPath);
  if (socket === undefined) return;
  const lines = createInterface({ input: socket });
  const hangUp = () => {
    lines.close(); // a socket that is destroyed never ends, and neither would the loop over its lines
    socket.destroy();
  };
  const silence = new AbortController();
  silence.signal.addEventListener('abort', hangUp);
  const timer = setTimeout(() => silence.abort(), silenceMs);
  signal.addEventListener('abort', hangUp, { once: true });
  socket.on('error', hangUp);
  try {
    if (signal.aborted) return;
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of lines) {
      timer.refresh();
      yield JSON.parse(line) as ControlAnswer;
    }
    if (silence.signal.aborted) throw silent(socketPath, silenceMs);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

function silent(path: string, silenceMs: number): UnavailableError {
  return new UnavailableError(
    'unavailable',
    `the daemon at ${path} accepts connections, but has not answered for ${formatDuration(silenceMs)}`,
    'check whether it is stopped or very busy, check its log, and restart it',
  );
}

async function reach(path: string): Promise<Socket | undefined> {
  try {
    requireOwnSocket(path);
  } catch (error) {
    const { code, message, hint } = error as NodeJS.ErrnoException & { hint?: string };
    if (code !== 'ENOTPRIVATE') return undefined; // there is none, or it is not for us
    throw new UnavailableError('unavailable', message, hint);
  }
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
