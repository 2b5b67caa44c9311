import type { Worker } from 'node:worker_threads';
import { abortError } from '../../../runtime/abort.ts';
import { asSyncdError } from '../../../runtime/errors.ts';
import { startWorker } from '../../../runtime/start-worker.ts';
import { CallWatch } from '../../../threads/call-watch.ts';
import type { CallOptions } from '../../../threads/call-options.ts';
import type { FileError, Request, Response } from './protocol.ts';

/** An error of a file-system call, with its code and its side; classified by the location. */
export class FileCallError extends Error {
  readonly code: string;
  readonly path: string;
  readonly side: 'source' | 'target';
  readonly refusal: FileError['refusal'];

  constructor(error: FileError) {
    super(error.message);
    this.name = 'FileCallError';
    this.code = error.code;
    this.path = error.path;
    this.side = error.side;
    this.refusal = error.refusal;
  }
}

interface Call {
  readonly id: number;
  readonly answer: (response: Response) => void;
  readonly fail: (error: Error) => void;
}

const CODE = {
  base: import.meta.url,
  compiled: './worker.js',
  source: './worker.ts',
} as const;
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** One worker thread that makes file-system calls, one at a time. */
export class FileThread {
  private readonly worker: Worker;
  /** of the call that runs, shared so that neither side waits for the other: see COUNTER */
  private readonly counters = new BigInt64Array(new SharedArrayBuffer(24));
  private call: Call | undefined;
  private serial = 0;
  private isReserved = false;
  private idleTimer: NodeJS.Timeout | undefined;
  /** a call that had been given up has returned after all */
  onFree: () => void = () => undefined;
  onExit: () => void = () => undefined;
  /** it runs: a call would be answered without its start */
  onStart: () => void = () => undefined;
  /** given up: its call has not returned and may never */
  isStuck = false;
  /** until then, it is loading itself */
  hasStarted = false;
  /** the place that its newest call is about */
  owner = '';

  constructor() {
    this.worker = startWorker(CODE, { resourceLimits: LIMITS, workerData: this.counters });
    this.worker.unref();
    this.worker.on('online', () => this.onOnline());
    this.worker.on('message', (response: Response) => this.onResponse(response));
    this.worker.on('error', (error) => this.onGone(error));
    this.worker.on('exit', () => this.onGone(new Error('the file thread ended')));
  }

  get isBusy(): boolean {
    return this.isReserved || this.isStuck;
  }

  reserve(owner: string): void {
    clearTimeout(this.idleTimer);
    this.owner = owner;
    this.isReserved = true;
  }

  release(): void {
    this.isReserved = false;
  }

  whenIdleFor(milliseconds: number, action: () => void): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(action, milliseconds);
    this.idleTimer.unref();
  }

  async end(): Promise<void> {
    clearTimeout(this.idleTimer);
    await this.worker.terminate();
  }

  /**
   * Rejects with a FileCallError, with an AbortError once the call has noticed its cancellation (or was given a second
   * to), and with a SyncdError of reason `timeout` after a silence.
   */
  async run(
    operation: Request['operation'],
    args: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    this.counters.fill(0n);
    const id = ++this.serial;
    this.worker.ref();
    const answered = new Promise<unknown>((resolve, reject) => {
      const watch = new CallWatch(this.counters, options, (error) => {
        this.isStuck = true;
        this.worker.unref();
        reject(error);
      });
      this.call = {
        id,
        fail: (error) => {
          watch.end();
          reject(error);
        },
        answer: (response) => {
          watch.end();
          this.worker.unref();
          if (options.signal.aborted) reject(abortError(options.signal));
          else if ('error' in response) reject(new FileCallError(response.error));
          else resolve(response.result);
        },
      };
    });
    this.worker.postMessage({ id, operation, args } satisfies Request);
    return answered;
  }

  private onOnline(): void {
    this.hasStarted = true;
    this.onStart();
  }

  private onResponse(response: Response): void {
    if (response.id === this.call?.id) this.call.answer(response);
    if (!this.isStuck) return;
    this.isStuck = false;
    this.onFree();
  }

  private onGone(error: Error): void {
    this.call?.fail(asSyncdError(error));
    this.onExit();
  }
}
