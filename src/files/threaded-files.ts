import { sharedController } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import { ThreadPool } from '../threads/thread-pool.ts';
import { Thread } from '../threads/thread.ts';
import {
  memoryOf,
  type FileFault,
  type SocketReply,
  type SocketLine,
  type ToThread,
} from './messages.ts';
import type { Args, OperationName, Result } from './operations.ts';
import type { OwnFiles } from './own-files.ts';
import type { OnLine } from './sockets.ts';

/** A call without an answer for this long means that the file system hangs, in milliseconds. */
const SILENCE_MS = 5_000;

const CODE = {
  base: import.meta.url,
  compiled: './files-worker.js',
  source: './worker.ts',
} as const;
const NEVER = sharedController().signal;

/**
 * Our own files on one mount, in their own thread. While a call hangs, all others fail at once, and nothing else in the process
 * waits. A hung call finishes late, or never; calls that had not started are dropped.
 */
export class ThreadedFiles implements OwnFiles {
  private readonly mount: string;
  private readonly threads = new ThreadPool<FileFault>(1, () => this.start());
  private readonly listeners = new Map<string, OnLine>();

  constructor(mount: string) {
    this.mount = mount;
  }

  async call<N extends OperationName>(operation: N, args: Args<N>): Promise<Result<N>> {
    return (await this.ask({ operation, args })) as Result<N>;
  }

  async serve(path: string, onLine: OnLine): Promise<void> {
    this.listeners.set(path, onLine);
    await this.ask({ serve: path });
  }

  /** Ends the thread; returns whether it has ended. */
  async close(): Promise<boolean> {
    return this.threads.close();
  }

  private async ask(request: ToThread): Promise<unknown> {
    const transfer = 'operation' in request ? memoryOf(contentOf(request.args)) : [];
    const options = { signal: NEVER, owner: this.mount, silenceMs: SILENCE_MS, transfer };
    const outcome = await this.threads.call(request, options).catch(asFault);
    if ('error' in outcome) throw faultOf(outcome.error);
    return outcome.result;
  }

  private start(): Thread<FileFault> {
    const thread = new Thread<FileFault>(CODE);
    thread.on('notice', (spoken) => this.converse(thread, spoken as SocketLine));
    return thread;
  }

  private converse(thread: Thread<FileFault>, { path, conversation, line }: SocketLine): void {
    const tell = (said: SocketReply) => thread.tell(said);
    this.listeners.get(path)?.(line, {
      say: (text) => tell({ conversation, say: text }),
      end: () => tell({ conversation, end: true }),
    });
  }
}

function contentOf(args: unknown): unknown {
  return (args as { readonly content?: unknown }).content;
}

/** Converts the thread's own timeout to an error of the file system. */
function asFault(error: unknown): never {
  if (!(error instanceof SyncdError) || error.reason !== 'timeout') throw error;
  throw faultOf({ message: error.message, code: 'ETIMEDOUT', hint: error.hint });
}

function faultOf({ message, code, hint }: FileFault): Error {
  return Object.assign(new Error(message), { code, hint });
}
