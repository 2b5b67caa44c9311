import { dirname } from 'node:path';
import type { OwnFiles } from '../files/own-files.ts';
import type { Reply } from '../files/sockets.ts';
import { PausedError, UnavailableError } from '../runtime/errors.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { optional } from '../runtime/optional.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { LONGEST_SOCKET_PATH } from '../runtime/socket-path.ts';
import {
  ControlRequest,
  type ControlAnswer,
  type PauseChange,
  type SavedAtOnce,
} from './control-protocol.ts';
import type { DaemonPicture } from '../report/types.ts';
import type { ClientUnit } from './unit.ts';

const PROGRESS_MS = 500;

interface Served {
  /** cancels the requested passes */
  readonly signal: AbortSignal;
  /** the daemon's data in addition to the report of this client */
  readonly daemon: () => DaemonPicture;
  /** saves the state of the client now */
  readonly save: () => Promise<void>;
}

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
  { files, ...served }: Served & { readonly files: OwnFiles },
): Promise<ControlServer> {
  requireShortPath(path);
  await files.call('makeDirectory', { path: dirname(path) });
  await files.serve(path, (line, reply) => void converse(line, reply, { unit, ...served }));
  return { close: () => files.call('closeSocket', { path }) };
}

/** Fails at the start rather than run without a socket. */
export async function createRuntimeDirectory(directory: string, files: OwnFiles): Promise<void> {
  try {
    await files.call('makePrivate', { path: directory });
  } catch (error) {
    const { hint } = error as { hint?: string };
    throw new UnavailableError(
      'unavailable',
      `cannot use the runtime directory ${directory}: ${errorMessage(error)}`,
      hint ?? `${ownFilesHint(error, directory)}; or set runtimeDirectory in backup-syncd.yaml`,
    );
  }
}

export function requireShortPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_SOCKET_PATH) return;
  throw new UnavailableError(
    'configuration',
    `the path of the control socket has ${length} bytes, and the system allows ${LONGEST_SOCKET_PATH}: ${path}`,
    'set a shorter runtimeDirectory in backup-syncd.yaml, for example /run/backup-syncd',
  );
}

async function converse(
  line: string,
  reply: Reply,
  { unit, ...served }: Served & { readonly unit: ClientUnit },
): Promise<void> {
  const send = (answer: ControlAnswer) => reply.say(JSON.stringify(answer));
  try {
    await answer(parseRequest(line), unit, { say: send, ...served });
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    send({
      type: 'error',
      message,
      ...(hint !== undefined && { hint }),
      ...(error instanceof PausedError && { isPaused: true }),
    });
  } finally {
    reply.end();
  }
}

function notUnderstood(line: string): UnavailableError {
  return new UnavailableError(
    'unavailable',
    `the daemon does not know this request: ${line.slice(0, 200)}`,
    'the daemon may run another version of backup-syncd than this command: restart it',
  );
}

function parseRequest(line: string): ControlRequest {
  const parsed = ControlRequest.safeParse(JSON.parse(line));
  if (!parsed.success) throw notUnderstood(line);
  return parsed.data;
}

interface Conversation extends Served {
  readonly say: (answer: ControlAnswer) => void;
}

/** A sync continues when the requester disconnects. */
async function answer(
  request: ControlRequest,
  unit: ClientUnit,
  { say, ...served }: Conversation,
): Promise<void> {
  const { signal } = served;
  switch (request.verb) {
    case 'retire':
    case 'restore-retired': {
      const { backend } = request;
      const work = () => unit.moveRetired(backend, request, signal);
      say({ type: 'retired', retirement: await withProgress(unit, say, work) });
      return;
    }
    case 'audit': {
      const audits = await withProgress(unit, say, () => unit.audit(request, signal));
      say({ type: 'progress', report: unit.report() });
      say({ type: 'audited', audits });
      return;
    }
    case 'restore-check': {
      const work = () => unit.restoreCheck(request, (text) => say({ type: 'said', text }), signal);
      say({ type: 'restore-checked', check: await withProgress(unit, say, work) });
      return;
    }
    case 'sync': {
      const reports = await withProgress(unit, say, () => unit.sync(signal, request.backends));
      say({ type: 'progress', report: unit.report() });
      say({ type: 'synced', reports });
      return;
    }
    default:
      say(await answerSoon(request, unit, served));
  }
}

type Short = Exclude<
  ControlRequest,
  { verb: 'retire' | 'restore-retired' | 'audit' | 'restore-check' | 'sync' }
>;

/** Requests with one answer, and without progress. */
async function answerSoon(
  request: Short,
  unit: ClientUnit,
  { signal, daemon, save }: Served,
): Promise<ControlAnswer> {
  switch (request.verb) {
    case 'report':
      return { type: 'report', report: unit.report(), daemon: daemon() };
    case 'snapshots':
      return { type: 'snapshots', rows: unit.snapshots() };
    case 'nudge':
      unit.nudge();
      return { type: 'nudged' };
    case 'ack': {
      const answered = await unit.acknowledge(request, signal);
      const report = unit.report();
      return { type: 'acknowledged', ...answered, report, ...(await savedAtOnce(save)) };
    }
    case 'pause':
      return changed(await unit.pauses.pause(request), save);
    case 'resume':
      return changed(unit.pauses.resume(request), save);
  }
}

async function changed(change: PauseChange, save: Served['save']): Promise<ControlAnswer> {
  return { type: 'paused', change, ...(await savedAtOnce(save)) };
}

/** A crash must not undo what a person was told. */
async function savedAtOnce(save: Served['save']): Promise<SavedAtOnce> {
  return optional({ notSaved: await save().then(() => undefined, errorMessage) });
}

/** Sends progress while something runs, so that the requester knows that the daemon is alive. */
async function withProgress<T>(
  unit: ClientUnit,
  say: Conversation['say'],
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => say({ type: 'progress', report: unit.report() }), PROGRESS_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
