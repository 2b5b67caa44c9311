import { setImmediate } from 'node:timers/promises';
import { elapsedMs } from './clock.ts';

/** Returns a function to await between the steps of long work. It lets other work run if the last time was `everyMs` milliseconds ago. */
export function yieldEvery(everyMs: number, now = elapsedMs): () => Promise<void> {
  let letInAt = now();
  return async () => {
    if (now() - letInAt < everyMs) return;
    await setImmediate();
    letInAt = now();
  };
}
