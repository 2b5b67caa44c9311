import { abortError } from '../runtime/abort.ts';
import { elapsedMs } from '../runtime/clock.ts';
import type { CallOptions } from './call-options.ts';
import { hung } from './hung.ts';
import type { Outcome, Thread, ThreadState } from './thread.ts';

interface Waiting<Fault> {
  readonly owner: string;
  readonly start: (thread: Thread<Fault>) => void;
  readonly refuse: (error: Error) => void;
}

/** How long calls wait without a pause before another thread is started, in milliseconds: to start takes as long. */
const GROW_AFTER_MS = 50;
/** How long a thread stays though it is not needed, in milliseconds. */
const IDLE_MS = 30_000;
/** Threads that may be held by calls that do not return, in one lane; beyond that its calls fail at once. */
const MOST_STUCK = 6;

/**
 * Threads for calls that hang together, as those on one mount do. Calls wait here until a thread is idle. A call that does not
 * return keeps its thread, and the place that it was for gets no other one until it returns; other places get a thread in its
 * stead.
 */
export class Lane<Fault> {
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

  get hasStuckThread(): boolean {
    return this.hanging.length > 0;
  }

  /** A call waits, or has not returned. */
  get isBusy(): boolean {
    return this.waiting.size + this.those('busy').length + this.hanging.length > 0;
  }

  /** Rejects as `Thread.call` does, and at once when an earlier call for the same place still hangs. */
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

  /** Ends the threads that are in no call. */
  async close(): Promise<void> {
    this.stopGrowing();
    clearTimeout(this.shrinkTimer);
    const free = [...this.those('idle'), ...this.those('starting')];
    await Promise.all(free.map((thread) => this.drop(thread)));
  }

  /** What the stuck threads are stuck for. */
  private get hanging(): string[] {
    return [...this.threads].flatMap(({ state }) => (state.is === 'stuck' ? [state.owner] : []));
  }

  private those(is: ThreadState<Fault>['is']): Thread<Fault>[] {
    return [...this.threads].filter((thread) => thread.state.is === is);
  }

  /** Whatever happens ends here: gives the calls that wait what threads there are, and sees to it that there are enough. */
  private handOut(): void {
    const hanging = this.hanging;
    for (const call of this.waiting) {
      const [idle] = this.those('idle');
      if (hanging.includes(call.owner)) call.refuse(hung(call.owner));
      else if (idle !== undefined) call.start(idle);
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

  /** A thread costs more to start than most calls take: another one is only for those that wait for long. */
  private growLater(): void {
    this.growTimer ??= setTimeout(() => {
      this.growTimer = undefined;
      const stuck = this.hanging.length;
      const mayGrow = stuck < MOST_STUCK && this.threads.size - stuck < this.maxThreads;
      if (this.those('starting').length > 0) this.growLater();
      else if (mayGrow) this.grow();
    }, GROW_AFTER_MS);
  }

  private stopGrowing(): void {
    clearTimeout(this.growTimer);
    this.growTimer = undefined;
  }

  /** One thread stays; the others go when they have been idle for a while. */
  private shrinkLater(): void {
    if (this.threads.size < 2) return;
    this.shrinkTimer ??= setTimeout(() => {
      this.shrinkTimer = undefined;
      for (const thread of this.those('idle')) {
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
