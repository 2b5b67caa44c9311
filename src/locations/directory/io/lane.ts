import { abortError } from '../../../runtime/abort.ts';
import type { CallOptions } from '../../../threads/call-options.ts';
import type { FileThread } from './file-thread.ts';
import { hung } from '../../../threads/hung.ts';
import type { Args, OperationName, Result } from './protocol.ts';

interface Waiting {
  readonly owner: string;
  readonly start: (thread: FileThread) => void;
  readonly reject: (error: Error) => void;
}

/** How long calls wait without a pause before another thread is started, in milliseconds: to start takes as long. */
const GROW_AFTER_MS = 50;
/** Threads that may be held by calls that do not return, in one lane; beyond that its calls fail at once. */
const MOST_STUCK = 6;

/**
 * The file threads of one mount (or one pair of mounts, for copies). A call that does not return keeps its thread, and
 * the place that it was for gets no other one until it returns; other places on the mount get a thread in its stead.
 */
export class Lane {
  private readonly maxThreads: number;
  private readonly start: () => FileThread;
  private readonly threads = new Set<FileThread>();
  private readonly queue: Waiting[] = [];
  private growTimer: NodeJS.Timeout | undefined;

  constructor(maxThreads: number, start: () => FileThread) {
    this.maxThreads = maxThreads;
    this.start = start;
  }

  get hasStuckThread(): boolean {
    return this.stuck.length > 0;
  }

  private get stuck(): FileThread[] {
    return [...this.threads].filter((thread) => thread.isStuck);
  }

  async call<N extends OperationName>(
    operation: N,
    args: Args<N>,
    options: CallOptions,
  ): Promise<Result<N>> {
    const thread = await this.acquire(options);
    try {
      return (await thread.run(operation, args, options)) as Result<N>;
    } finally {
      this.settle(thread);
    }
  }

  /** Ends idle threads; stuck ones cannot be ended from within the process. */
  async close(): Promise<void> {
    this.stopGrowing();
    await Promise.all([...this.threads].filter((t) => !t.isBusy).map((t) => this.drop(t)));
  }

  private async acquire({ signal, owner }: CallOptions): Promise<FileThread> {
    if (signal.aborted) throw abortError(signal);
    if (this.stuck.some((thread) => thread.owner === owner)) throw hung(owner);
    const isFirst = this.threads.size === this.stuck.length;
    const idle = [...this.threads].find(isIdle) ?? (isFirst ? this.grow() : undefined);
    if (idle !== undefined) {
      idle.reserve(owner);
      return idle;
    }
    if (this.stuck.length === this.threads.size) throw hung(owner);
    return new Promise<FileThread>((resolve, reject) => {
      const onAbort = () => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(abortError(signal));
      };
      const waiting: Waiting = {
        owner,
        start: (thread) => {
          signal.removeEventListener('abort', onAbort);
          resolve(thread);
        },
        reject: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.queue.push(waiting);
      this.growLater();
    });
  }

  /**
   * A thread costs more to start than most calls take: another one only for those that wait for long, and whoever waits
   * may have an older one first.
   */
  private growLater(): void {
    this.growTimer ??= setTimeout(() => {
      this.growTimer = undefined;
      if (this.queue.length === 0) return;
      const isStarting = [...this.threads].some((thread) => !thread.hasStarted);
      const thread = isStarting ? undefined : this.grow();
      if (thread?.hasStarted === true) this.settle(thread);
      else if (isStarting) this.growLater();
    }, GROW_AFTER_MS);
  }

  private stopGrowing(): void {
    clearTimeout(this.growTimer);
    this.growTimer = undefined;
  }

  private grow(): FileThread | undefined {
    const stuck = this.stuck.length;
    if (stuck >= MOST_STUCK || this.threads.size - stuck >= this.maxThreads) return undefined;
    const thread = this.start();
    thread.onFree = () => this.settle(thread);
    thread.onStart = () => {
      if (!thread.isBusy) this.settle(thread);
    };
    thread.onExit = () => {
      this.threads.delete(thread);
      if (!thread.isBusy) this.settle(thread); // it ended before it ran, and somebody waits for it
    };
    this.threads.add(thread);
    return thread;
  }

  /** After a call, and when a stuck thread came back: hands a thread to the next in the queue. */
  private settle(thread: FileThread): void {
    if (thread.isStuck) this.rejectWaiting((waiting) => waiting.owner === thread.owner);
    else thread.release();
    const isUsable = !thread.isStuck && this.threads.has(thread); // a thread can end by itself
    const free = isUsable ? thread : this.replacement();
    if (free === undefined) {
      if (this.stuck.length === this.threads.size) this.rejectWaiting(() => true); // none left to wait for
      return;
    }
    const next = this.queue.shift();
    if (this.queue.length === 0) this.stopGrowing();
    if (next === undefined) {
      this.shrink(free);
      return;
    }
    free.reserve(next.owner);
    next.start(free);
  }

  /** For a thread that is stuck or has ended, if somebody waits. */
  private replacement(): FileThread | undefined {
    return this.queue.length > 0 ? this.grow() : undefined;
  }

  /** One thread a mount stays; the others go when they have been idle for a while. */
  private shrink(thread: FileThread): void {
    if (this.threads.size === 1) return;
    thread.whenIdleFor(30_000, () => {
      if (this.threads.size > 1 && !thread.isBusy) void this.drop(thread);
    });
  }

  private async drop(thread: FileThread): Promise<void> {
    this.threads.delete(thread);
    await thread.end();
  }

  private rejectWaiting(isHopeless: (waiting: Waiting) => boolean): void {
    for (const waiting of this.queue.filter(isHopeless)) {
      this.queue.splice(this.queue.indexOf(waiting), 1);
      waiting.reject(hung(waiting.owner));
    }
  }
}

/** One that is starting goes to whoever waits longest when it runs. */
function isIdle(thread: FileThread): boolean {
  return thread.hasStarted && !thread.isBusy;
}
