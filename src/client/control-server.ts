import { constants } from 'node:fs';
import { access, chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { LONGEST_SOCKET_PATH } from '../runtime/socket-path.ts';
import { ControlRequest, type ControlAnswer } from './control-protocol.ts';
import type { ClientUnit } from './unit.ts';

const PROGRESS_MS = 500;

export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Listens on the client's control socket, for its owner only. To be called by the holder of the client's lock, who alone
 * may replace a socket that a killed daemon left behind.
 */
export async function serveControl(
  path: string,
  unit: ClientUnit,
  signal: AbortSignal,
): Promise<ControlServer> {
  requireShortPath(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void converse(socket, unit, signal);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** Better to say so at the start than to run without a socket. */
export async function createRuntimeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ExitError(
      EXIT.unavailable,
      `cannot use the runtime directory ${directory}: ${errorMessage(error)}`,
      'make it and give it to the user that runs backup-syncd, or set runtimeDirectory in backup-syncd.yaml',
    );
  }
}

export function requireShortPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_SOCKET_PATH) return;
  throw new ExitError(
    EXIT.configuration,
    `the control socket's path is ${length} bytes long, the system allows ${LONGEST_SOCKET_PATH}: ${path}`,
    'set a shorter runtimeDirectory in backup-syncd.yaml, for example /run/backup-syncd',
  );
}

async function converse(socket: Socket, unit: ClientUnit, signal: AbortSignal): Promise<void> {
  const say = (answer: ControlAnswer) => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
  };
  try {
    for await (const line of createInterface({ input: socket })) {
      await answer(parseRequest(line), unit, { say, signal });
      break;
    }
  } catch (error) {
    say({ type: 'error', message: (error as Error).message });
  } finally {
    socket.end();
  }
}

function parseRequest(line: string): ControlRequest {
  const parsed = ControlRequest.safeParse(JSON.parse(line));
  if (!parsed.success) throw new Error(`not a request: ${line.slice(0, 200)}`);
  return parsed.data;
}

interface Conversation {
  readonly say: (answer: ControlAnswer) => void;
  readonly signal: AbortSignal;
}

/** A sync goes on when the one who asked for it hangs up. */
async function answer(
  request: ControlRequest,
  unit: ClientUnit,
  { say, signal }: Conversation,
): Promise<void> {
  switch (request.verb) {
    case 'report': {
      say({ type: 'report', report: unit.report() });
      return;
    }
    case 'snapshots': {
      say({ type: 'snapshots', rows: unit.snapshots() });
      return;
    }
    case 'nudge':
      unit.nudge();
      {
        say({ type: 'nudged' });
        return;
      }
    case 'sync': {
      const timer = setInterval(
        () => say({ type: 'progress', report: unit.report() }),
        PROGRESS_MS,
      );
      try {
        const reports = await unit.sync(signal, request.backends);
        say({ type: 'progress', report: unit.report() });
        say({ type: 'synced', reports });
        return;
      } finally {
        clearInterval(timer);
      }
    }
  }
}
