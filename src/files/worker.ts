import { parentPort, workerData } from 'node:worker_threads';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import type { FileFault, FromThread, ToThread } from './messages.ts';
import { run } from './operations.ts';
import { Sockets, type Reply } from './sockets.ts';

/** The thread of one own directory: does one thing after the other, and carries what is said over its sockets. */

/** Calls up to this number have been given up: those that have not begun never do. */
const givenUpTo = workerData as Int32Array;
const sockets = new Sockets();
const conversations = new Map<number, Reply>();
let serial = 0;

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}

function perform(message: Exclude<ToThread, { conversation: number }>): unknown {
  if ('operation' in message) {
    return run(message.operation, message.args as never);
  }
  switch (message.socket) {
    case 'hold':
      return sockets.hold(...message.args);
    case 'isHeld':
      return sockets.isHeld(...message.args);
    case 'isServed':
      return sockets.isServed(...message.args);
    case 'close':
      sockets.close(...message.args);
      return undefined;
    case 'serve': {
      const [path] = message.args;
      return sockets.serve(path, (line, reply) => {
        conversations.set(++serial, reply);
        say({ path, conversation: serial, line });
      });
    }
  }
}

function describe(error: unknown): FileFault {
  const { hint } = error as { hint?: string };
  return { message: errorMessage(error), code: errorCode(error), hint };
}

async function answer(message: ToThread): Promise<void> {
  if ('conversation' in message) {
    const reply = conversations.get(message.conversation);
    if ('say' in message) reply?.say(message.say);
    else {
      conversations.delete(message.conversation);
      reply?.end();
    }
    return;
  }
  const { id } = message;
  if (id <= Atomics.load(givenUpTo, 0)) return;
  try {
    say({ id, result: await perform(message) });
  } catch (error) {
    say({ id, error: describe(error) });
  }
}

parentPort?.on('message', (message: ToThread) => void answer(message));
