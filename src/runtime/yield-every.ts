import { setImmediate } from 'node:timers/promises';
import { elapsedMs } from './clock.ts';

/** Returns what to await between the steps of long work: it lets other work run if that could not run for so many milliseconds. */
export function yieldEvery(everyMs: number, now = elapsedMs): () => Promise<void> {
  let letInAt = now();
  return async () => {
    if (now() - letInAt < everyMs) return;
    await setImmediate();
    letInAt = now();
  };
}
