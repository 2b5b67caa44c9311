import type { Worker } from 'node:worker_threads';
import { startWorker } from '../runtime/start-worker.ts';
import type { FromThread, ToThread } from './messages.ts';
import type { Args, OperationName, Result } from './operations.ts';
import type { OwnFiles, OwnSockets } from './own-files.ts';
import type { OnLine } from './sockets.ts';

/** How long a thread may be at it without any answer before its file system counts as hung, in milliseconds. */
export const SILENCE_MS = 5_000;

const CODE = {
  base: import.meta.url,
  compiled: './files-worker.js',
  source: './worker.ts',
} as const;
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Files of one own directory, in a thread of their own. While a call hangs, all others fail at once: nothing else of the
 * process waits. What hangs is done late, or never; what had not begun is left out.
 */
export class ThreadedFiles implements OwnFiles {
  readonly sockets: OwnSockets = {
    hold: async (...args) => {
      await this.ask({ socket: 'hold', args });
    },
    isHeld: async (...args) => (await this.ask({ socket: 'isHeld', args })) as boolean,
    isServed: async (...args) => (await this.ask({ socket: 'isServed', args })) as boolean,
    close: async (...args) => {
      await this.ask({ socket: 'close', args });
    },
    serve: async (path, onLine) => {
      this.listeners.set(path, onLine);
      await this.ask({ socket: 'serve', args: [path] });
    },
  };
  private readonly directory: string;
  private readonly silenceMs: number;
  private readonly givenUpTo = new Int32Array(new SharedArrayBuffer(4));
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<string, OnLine>();
  private worker: Worker | undefined;
  private silence: NodeJS.Timeout | undefined;
  private serial = 0;
  private isHanging = false;

  constructor(directory: string, silenceMs = SILENCE_MS) {
    this.directory = directory;
    this.silenceMs = silenceMs;
  }

  /** A call has not returned: the process cannot end normally. */
  get isStuck(): boolean {
    return this.isHanging || this.pending.size > 0;
  }

  async call<N extends OperationName>(operation: N, args: Args<N>): Promise<Result<N>> {
    return (await this.ask({ operation, args })) as Result<N>;
  }

  /** Ends the thread, unless it hangs. What is still asked of it gets a moment. */
  async close(): Promise<void> {
    for (let n = 0; n < 20 && this.pending.size > 0; n++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    if (!this.isStuck) await this.worker?.terminate();
  }

  private async ask(message: Asked): Promise<unknown> {
    if (this.isHanging) throw this.hung();
    const id = ++this.serial;
    const worker = (this.worker ??= this.start());
    worker.ref();
    this.silence ??= setTimeout(() => this.giveUp(), this.silenceMs);
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      worker.postMessage({ id, ...message });
    });
  }

  private start(): Worker {
    const worker = startWorker(CODE, { resourceLimits: LIMITS, workerData: this.givenUpTo });
    worker.unref();
    worker.on('message', (message: FromThread) => this.onMessage(message));
    worker.on('error', (error) => {
      this.worker = undefined;
      this.rejectAll(error);
    });
    return worker;
  }

  private onMessage(message: FromThread): void {
    if ('conversation' in message) this.converse(message);
    else this.settle(message);
  }

  private converse({ path, conversation, line }: Extract<FromThread, { line: string }>): void {
    const tell = (message: ToThread) => this.worker?.postMessage(message);
    this.listeners.get(path)?.(line, {
      say: (text) => tell({ conversation, say: text }),
      end: () => tell({ conversation, end: true }),
    });
  }

  private settle(message: Exclude<FromThread, { conversation: number }>): void {
    this.isHanging = false;
    this.silence?.refresh();
    const call = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (this.pending.size === 0) this.rest();
    if ('error' in message) call?.reject(faultOf(message.error));
    else call?.resolve(message.result);
  }

  private giveUp(): void {
    this.isHanging = true;
    Atomics.store(this.givenUpTo, 0, this.serial);
    this.rejectAll(this.hung());
  }

  private rejectAll(error: Error): void {
    const calls = [...this.pending.values()];
    this.pending.clear();
    this.rest();
    for (const call of calls) call.reject(error);
  }

  private rest(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
    this.worker?.unref();
  }

  private hung(): Error {
    const message = `the file system at ${this.directory} does not respond`;
    const hint = `check its mount: a plain "ls ${this.directory}" will hang too; remount it, or stop what it waits for`;
    return Object.assign(new Error(message), { code: 'ETIMEDOUT', hint });
  }
}

type Asked = ToThread extends infer Message
  ? Message extends { readonly id: number }
    ? Omit<Message, 'id'>
    : never
  : never;

function faultOf({
  message,
  code,
  hint,
}: {
  message: string;
  code: string;
  hint: string | undefined;
}) {
  return Object.assign(new Error(message), { code, hint });
}
