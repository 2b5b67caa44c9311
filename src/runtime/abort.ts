import { setMaxListeners } from 'node:events';

/** The error with which every wait rejects when its signal fires. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error('aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}

export function isAbort(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'AbortError';
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/**
 * A signal that fires with the given one, and after some milliseconds. `AbortSignal.timeout` alone does not do: if only
 * `AbortSignal.any` refers to it, Node 20 may collect it as garbage, and it never fires.
 */
export function withDeadline(signal: AbortSignal, afterMs: number): AbortSignal {
  const deadline = new AbortController();
  const passed = () => deadline.abort(new DOMException('the deadline has passed', 'TimeoutError'));
  setTimeout(passed, afterMs).unref();
  return AbortSignal.any([signal, deadline.signal]);
}

/** A controller whose signal many waits may listen to at once. */
export function sharedController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Work that others than its owner can interrupt. */
export class Interruption {
  private controller: AbortController | undefined;

  /** Runs work whose signal fires with the given one, and when it is interrupted. */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = sharedController();
    const onAbort = () => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.controller = controller;
    try {
      return await work(controller.signal);
    } finally {
      this.controller = undefined;
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Interrupts the running work, if there is any. */
  interrupt(): void {
    this.controller?.abort();
  }
}

/** Whether the signal has fired by now: a loop that has just checked it may have waited since, which the compiler does not expect. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The result of some work. Rejects with an AbortError as soon as the signal fires, without waiting for the work. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const isOver = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true, signal: isOver.signal });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    isOver.abort();
  }
}

/** Resolves when the signal fires, or at once if it already has. */
export async function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Whether work is done soon enough; it is not waited for any longer. */
export async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
