import { abortError, throwIfAborted } from '../../runtime/abort.ts';

/** Lets a few readings at a time run in this process: after a change of the defaults, all clients are due at once. */
export class Slots {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(count: number) {
    this.free = count;
  }

  /** Runs an action once a slot is free. Rejects with an AbortError if the signal fires before. */
  async during<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    if (this.free > 0) this.free -= 1;
    else await this.turn(signal);
    try {
      return await action();
    } finally {
      this.pass();
    }
  }

  /** Resolves when a slot is passed on. */
  private async turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.waiting.delete(start);
        reject(abortError(signal));
      };
      const start = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.waiting.add(start);
    });
  }

  private pass(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
