import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { abortError } from '../runtime/abort.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { asSyncdError } from '../runtime/errors.ts';
import { startWorker, type WorkerCode } from '../runtime/start-worker.ts';
import type { CallOptions } from './call-options.ts';
import { CallWatch } from './call-watch.ts';

/** The answer of a thread; `Fault` is an error in the form that crosses to another thread. */
export type Outcome<Fault> = { readonly result: unknown } | { readonly error: Fault };

interface Call<Fault> {
  readonly answer: (outcome: Outcome<Fault>) => void;
  readonly fail: (error: Error) => void;
}

/** The state of a thread. `owner` is the place of its call. */
export type ThreadState<Fault> =
  /** it loads its code */
  | { readonly is: 'starting' }
  /** @property since by `elapsedMs` */
  | { readonly is: 'idle'; readonly since: number }
  | { readonly is: 'busy'; readonly owner: string; readonly call: Call<Fault> }
  /** its call was given up and has not returned; if it does, the thread is idle again */
  | { readonly is: 'stuck'; readonly owner: string }
  /** @property notStarted why it could not start */
  | { readonly is: 'ended'; readonly notStarted?: Error };

const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/**
 * A worker thread for calls that may never return, one at a time. Emits `change` when its state changes by itself, and `notice`
 * with each message that is not an answer.
 */
export class Thread<Fault> extends EventEmitter<{ change: []; notice: [unknown] }> {
  private readonly worker: Worker;
  /** of the call that it makes, shared so that neither side waits for the other: see COUNTER */
  private readonly counters = new BigInt64Array(new SharedArrayBuffer(24));
  private present: ThreadState<Fault> = { is: 'starting' };
  private isEnding = false;

  constructor(code: WorkerCode) {
    super();
    this.worker = startWorker(code, { resourceLimits: LIMITS, workerData: this.counters });
    this.worker.on('online', () => this.change({ is: 'idle', since: elapsedMs() }));
    this.worker.on('message', (message: object) => this.onMessage(message));
    this.worker.on('error', (error) => this.onEnded(error));
    this.worker.on('exit', () => this.onEnded());
  }

  get state(): ThreadState<Fault> {
    return this.present;
  }

  /** Sends a message without an answer. */
  tell(message: unknown): void {
    this.worker.postMessage(message);
  }

  /**
   * Makes a call; only an idle thread can. Rejects with an AbortError once the call has reacted to its cancellation (or after a
   * second), with a SyncdError of reason `timeout` after a silence, and with another error when the thread ends.
   */
  async call(request: object, options: CallOptions): Promise<Outcome<Fault>> {
    this.counters.fill(0n);
    const { owner, signal, transfer = [] } = options;
    return new Promise((resolve, reject) => {
      const watch = new CallWatch(this.counters, options, (error) => {
        reject(error);
        this.change({ is: 'stuck', owner });
      });
      const call: Call<Fault> = {
        answer: (outcome) => {
          watch.end();
          if (signal.aborted) reject(abortError(signal));
          else resolve(outcome);
        },
        fail: (error) => {
          watch.end();
          reject(error);
        },
      };
      this.become({ is: 'busy', owner, call });
      this.worker.postMessage(request, transfer);
    });
  }

  /** Ends the thread, if it is not in a call. A stuck thread cannot be ended from within the process. */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.worker.terminate();
  }

  private onMessage(message: object): void {
    if (!('result' in message || 'error' in message)) {
      this.emit('notice', message);
      return;
    }
    if (this.present.is === 'busy') this.present.call.answer(message as Outcome<Fault>);
    this.change({ is: 'idle', since: elapsedMs() });
  }

  private onEnded(error?: Error): void {
    const { present } = this;
    if (present.is === 'ended') return;
    const why = asSyncdError(error ?? new Error('the file thread ended'));
    if (present.is === 'busy') present.call.fail(why);
    const isRefused = present.is === 'starting' && error !== undefined;
    this.change({ is: 'ended', ...(isRefused && { notStarted: why }) });
  }

  private change(state: ThreadState<Fault>): void {
    this.become(state);
    this.emit('change');
  }

  /**
   * Keeps the process alive only while an answer is pending, or until the thread has ended: a thread may come online while it is
   * being ended, and a process without anything to wait for would exit with 0 before it knows its exit code.
   */
  private become(state: ThreadState<Fault>): void {
    this.present = state;
    if (state.is === 'busy') this.worker.ref();
    else if (!this.isEnding) this.worker.unref();
  }
}
