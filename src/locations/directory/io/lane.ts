import { abortError } from '../../../runtime/abort.ts';
import { SyncdError } from '../../../runtime/errors.ts';
import type { CallOptions } from './call-options.ts';
import { FileThread } from './file-thread.ts';
import type { Args, OperationName, Result } from './protocol.ts';

interface Waiting {
  readonly start: (thread: FileThread) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The file threads of one mount (or one pair of mounts, for copies). At most `maxThreads` of them are ever held by calls
 * that do not return; when all are, further calls fail at once instead of waiting.
 */
export class Lane {
  private readonly name: string;
  private readonly maxThreads: number;
  private readonly threads = new Set<FileThread>();
  private readonly queue: Waiting[] = [];

  constructor(name: string, maxThreads: number) {
    this.name = name;
    this.maxThreads = maxThreads;
  }

  get hasStuckThread(): boolean {
    return [...this.threads].some((thread) => thread.isStuck);
  }

  async call<N extends OperationName>(
    operation: N,
    args: Args<N>,
    options: CallOptions,
  ): Promise<Result<N>> {
    const thread = await this.acquire(options.signal);
    try {
      return (await thread.run(operation, args, options)) as Result<N>;
    } finally {
      this.settle(thread);
    }
  }

  /** Ends idle threads; stuck ones cannot be ended from within the process. */
  async close(): Promise<void> {
    await Promise.all([...this.threads].filter((t) => !t.isBusy).map((t) => this.drop(t)));
  }

  private async acquire(signal: AbortSignal): Promise<FileThread> {
    if (signal.aborted) throw abortError(signal);
    const idle = [...this.threads].find((thread) => !thread.isBusy) ?? this.grow();
    if (idle !== undefined) {
      idle.reserve();
      return idle;
    }
    if ([...this.threads].every((thread) => thread.isStuck)) throw this.hung();
    return new Promise<FileThread>((resolve, reject) => {
      const onAbort = () => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(abortError(signal));
      };
      const waiting: Waiting = {
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
    });
  }

  private grow(): FileThread | undefined {
    if (this.threads.size >= this.maxThreads) return undefined;
    const thread = new FileThread({
      onFree: () => this.settle(thread),
      onExit: () => this.threads.delete(thread),
    });
    this.threads.add(thread);
    return thread;
  }

  /** After a call, and when a stuck thread came back: hands the thread to the next in the queue. */
  private settle(thread: FileThread): void {
    if (thread.isStuck) {
      if ([...this.threads].every((t) => t.isStuck)) this.rejectQueue();
      return;
    }
    thread.release();
    const next = this.queue.shift();
    if (next === undefined) {
      this.shrink(thread);
      return;
    }
    thread.reserve();
    next.start(thread);
  }

  /** One thread a mount stays; the others go when they have been idle for a while. */
  private shrink(thread: FileThread): void {
    thread.whenIdleFor(30_000, () => {
      if (this.threads.size > 1 && !thread.isBusy) void this.drop(thread);
    });
  }

  private async drop(thread: FileThread): Promise<void> {
    this.threads.delete(thread);
    await thread.end();
  }

  private rejectQueue(): void {
    for (const waiting of this.queue.splice(0)) waiting.reject(this.hung());
  }

  private hung(): SyncdError {
    return new SyncdError('timeout', `the file system at ${this.name} does not answer`, {
      hint: `check the mount: a plain 'ls ${this.name.split(' ')[0] ?? ''}' will hang too; remount it, or end what it waits for`,
    });
  }
}
