import { parentPort } from 'node:worker_threads';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import {
  memoryOf,
  type FileFault,
  type SocketReply,
  type SocketLine,
  type ToThread,
} from './messages.ts';
import { run, SOCKETS } from './operations.ts';
import type { Reply } from './sockets.ts';

/** The thread for our own files on one mount: runs one call after another, and relays the lines of its sockets. */

const conversations = new Map<number, Reply>();
let serial = 0;

async function perform(request: ToThread): Promise<unknown> {
  if ('operation' in request) return run(request.operation, request.args as never);
  const path = request.serve;
  return SOCKETS.serve(path, (line, reply) => {
    conversations.set(++serial, reply);
    parentPort?.postMessage({ path, conversation: serial, line } satisfies SocketLine);
  });
}

function describe(error: unknown): FileFault {
  const { hint } = error as { hint?: string };
  return { message: errorMessage(error), code: errorCode(error), hint };
}

function say(said: SocketReply): void {
  const reply = conversations.get(said.conversation);
  if ('say' in said) reply?.say(said.say);
  else {
    conversations.delete(said.conversation);
    reply?.end();
  }
}

async function answer(request: ToThread): Promise<void> {
  try {
    const result = await perform(request);
    parentPort?.postMessage({ result }, memoryOf(result));
  } catch (error) {
    parentPort?.postMessage({ error: describe(error) });
  }
}

parentPort?.on('message', (message: ToThread | SocketReply) => {
  if ('conversation' in message) say(message);
  else void answer(message);
});
