import { abortError, within } from '../runtime/abort.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { haveReturned, LAST_CALLS_MS } from '../runtime/last-calls.ts';
import type { CallOptions } from './call-options.ts';
import { hung } from './call-watch.ts';
import type { Outcome, Thread, ThreadState } from './thread.ts';

interface Waiting<Fault> {
  readonly owner: string;
  readonly start: (thread: Thread<Fault>) => void;
  readonly refuse: (error: Error) => void;
}

/** How long calls must wait before another thread starts, in milliseconds: starting takes as long. */
const GROW_AFTER_MS = 50;
/** How long an idle thread stays, in milliseconds. */
const IDLE_MS = 30_000;
/** How many threads of one pool may be stuck in calls that do not return; beyond that, its calls fail at once. */
const MOST_STUCK = 6;

/**
 * Threads for calls that hang together, such as those on one mount. Calls wait here until a thread is idle. A call that does not
 * return keeps its thread, and its place gets no other one until it returns; other places get a replacement.
 */
export class ThreadPool<Fault> {
  private readonly maxThreads: number;
  private readonly startThread: () => Thread<Fault>;
  private readonly threads = new Set<Thread<Fault>>();
  private readonly waiting = new Set<Waiting<Fault>>();
  private growTimer: NodeJS.Timeout | undefined;
  private shrinkTimer: NodeJS.Timeout | undefined;

  constructor(maxThreads: number, startThread: () => Thread<Fault>) {
    this.maxThreads = maxThreads;
    this.startThread = startThread;
  }

  /** Whether a call waits, or has not returned. */
  private get isBusy(): boolean {
    return this.waiting.size + this.inState('busy').length + this.hanging.length > 0;
  }

  /** Rejects like `Thread.call`, and at once if an earlier call for the same place still hangs. */
  async call(request: object, options: CallOptions): Promise<Outcome<Fault>> {
    const { owner, signal } = options;
    if (signal.aborted) throw abortError(signal);
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener('abort', onAbort);
        this.waiting.delete(waiting);
      };
      const waiting: Waiting<Fault> = {
        owner,
        start: (thread) => {
          leave();
          resolve(thread.call(request, options));
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => waiting.refuse(abortError(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waiting);
      this.handOut();
    });
  }

  /**
   * Ends the threads. Pending calls get a moment.
   *
   * @returns whether all have ended: one that is in a system call cannot be ended, and keeps the process from exiting. A thread that
   *   serves a socket removes that when it ends, which is such a call.
   */
  async close(): Promise<boolean> {
    this.stopGrowing();
    clearTimeout(this.shrinkTimer);
    await haveReturned(() => this.isBusy);
    const free = [...this.inState('idle'), ...this.inState('starting')];
    const ended = Promise.all(free.map((thread) => thread.end()));
    await within(LAST_CALLS_MS, ended.then());
    return this.threads.size === 0;
  }

  /** The places of the stuck threads. */
  private get hanging(): string[] {
    return [...this.threads].flatMap(({ state }) => (state.is === 'stuck' ? [state.owner] : []));
  }

  private inState(is: ThreadState<Fault>['is']): Thread<Fault>[] {
    return [...this.threads].filter((thread) => thread.state.is === is);
  }

  /** Runs after every change: gives waiting calls the available threads, and starts more if needed. */
  private handOut(): void {
    const hanging = this.hanging;
    for (const call of this.waiting) {
      const [idle] = this.inState('idle');
      if (hanging.includes(call.owner)) call.refuse(hung(call.owner));
      else if (idle !== undefined) call.start(idle);
      else if (hanging.length === 0) break; // thousands may wait, and this runs after each call
    }
    if (this.waiting.size === 0) {
      this.stopGrowing();
      this.shrinkLater();
    } else if (this.threads.size > hanging.length) this.growLater();
    else if (hanging.length < MOST_STUCK) this.grow();
    else for (const call of this.waiting) call.refuse(hung(call.owner));
  }

  private onChange(thread: Thread<Fault>): void {
    const { state } = thread;
    if (state.is === 'ended') {
      this.threads.delete(thread);
      const isLast = this.threads.size === this.hanging.length;
      if (isLast && state.notStarted !== undefined)
        for (const call of this.waiting) call.refuse(state.notStarted);
    }
    this.handOut();
  }

  private grow(): void {
    const thread = this.startThread();
    thread.on('change', () => this.onChange(thread));
    this.threads.add(thread);
    if (thread.state.is === 'idle') this.handOut();
  }

  /** Starting a thread costs more than most calls, so another one starts only for calls that wait long. */
  private growLater(): void {
    this.growTimer ??= setTimeout(() => {
      this.growTimer = undefined;
      const stuck = this.hanging.length;
      const mayGrow = stuck < MOST_STUCK && this.threads.size - stuck < this.maxThreads;
      if (this.inState('starting').length > 0) this.growLater();
      else if (mayGrow) this.grow();
    }, GROW_AFTER_MS);
  }

  private stopGrowing(): void {
    clearTimeout(this.growTimer);
    this.growTimer = undefined;
  }

  /** Ends threads that have been idle for a while, except for the last one. */
  private shrinkLater(): void {
    if (this.threads.size < 2) return;
    this.shrinkTimer ??= setTimeout(() => {
      this.shrinkTimer = undefined;
      for (const thread of this.inState('idle')) {
        const { state } = thread;
        const isLong = state.is === 'idle' && elapsedMs() - state.since >= IDLE_MS;
        if (isLong && this.threads.size > 1) void this.drop(thread);
      }
      this.shrinkLater();
    }, IDLE_MS).unref();
  }

  private async drop(thread: Thread<Fault>): Promise<void> {
    this.threads.delete(thread);
    await thread.end();
  }
}
