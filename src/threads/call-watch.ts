import { abortError } from '../runtime/abort.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { SyncdError } from '../runtime/errors.ts';
import { COUNTER, type CallOptions } from './call-options.ts';

/** How often to check for progress and cancellation, in milliseconds. */
const TICK_MS = 200;
/** How long a cancelled call may take to stop, in milliseconds. */
const CANCEL_GRACE_MS = 1_000;

/**
 * Watches one call of a file thread: forwards its progress, signals its cancellation, and gives it up if it is silent for too long
 * or does not react to its cancellation. Uses one timer and one listener, which `end` removes.
 */
export class CallWatch {
  private readonly counters: BigInt64Array;
  private readonly options: CallOptions;
  private readonly onGiveUp: (error: Error) => void;
  private readonly timer: NodeJS.Timeout;
  private lastProgressAt = elapsedMs();
  private cancelledAt: number | undefined;
  private objects = 0;
  private bytes = 0;

  constructor(counters: BigInt64Array, options: CallOptions, onGiveUp: (error: Error) => void) {
    this.counters = counters;
    this.options = options;
    this.onGiveUp = onGiveUp;
    this.timer = setInterval(() => this.tick(), TICK_MS);
    options.signal.addEventListener('abort', this.cancel, { once: true });
  }

  end(): void {
    this.report();
    clearInterval(this.timer);
    this.options.signal.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = (): void => {
    this.cancelledAt ??= elapsedMs();
    Atomics.store(this.counters, COUNTER.cancelled, 1n);
  };

  private tick(): void {
    const now = elapsedMs();
    if (this.report()) this.lastProgressAt = now;
    const { silenceMs, signal, owner } = this.options;
    if (this.cancelledAt !== undefined) {
      if (now - this.cancelledAt > CANCEL_GRACE_MS) this.giveUp(abortError(signal));
    } else if (now - this.lastProgressAt > silenceMs) {
      this.giveUp(hung(owner, silenceMs));
    }
  }

  private giveUp(error: Error): void {
    this.end();
    this.onGiveUp(error);
  }

  /** Forwards the progress since the last time; returns false if there was none. */
  private report(): boolean {
    const objects = Number(Atomics.load(this.counters, COUNTER.objects));
    const bytes = Number(Atomics.load(this.counters, COUNTER.bytes));
    const moved = { objects: objects - this.objects, bytes: bytes - this.bytes };
    if (moved.objects === 0 && moved.bytes === 0) return false;
    [this.objects, this.bytes] = [objects, bytes];
    this.options.onProgress?.(moved);
    return true;
  }
}

/** @param silenceMs how long it has been silent, in milliseconds; absent if an earlier call still hangs */
export function hung(place: string, silenceMs?: number): SyncdError {
  const howLong = silenceMs === undefined ? '' : ` for ${Math.round(silenceMs / 1000)} s`;
  return new SyncdError(
    'timeout',
    `the file system at ${place} has not responded${howLong}`,
    `check its mount: a plain \`ls ${place}\` will hang too; remount it, or stop what it waits for`,
  );
}
