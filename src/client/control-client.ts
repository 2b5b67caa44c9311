import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ControlAnswer, ControlRequest } from './control-protocol.ts';

/**
 * Asks the daemon that runs a client. Yields its answers; yields nothing when no daemon listens.
 * When the signal fires, it hangs up, and the daemon goes on with what it was asked.
 */
export async function* askDaemon(
  socketPath: string,
  request: ControlRequest,
  signal: AbortSignal,
): AsyncGenerator<ControlAnswer> {
  const socket = await reach(socketPath);
  if (socket === undefined) return;
  const lines = createInterface({ input: socket });
  const hangUp = () => {
    lines.close(); // a socket that is destroyed never ends, and neither would the loop over its lines
    socket.destroy();
  };
  signal.addEventListener('abort', hangUp, { once: true });
  socket.on('error', hangUp);
  try {
    if (signal.aborted) return;
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of lines) yield JSON.parse(line) as ControlAnswer;
  } finally {
    signal.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

async function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
