import { setImmediate } from 'node:timers/promises';
import { elapsedMs } from './clock.ts';

/** To be awaited between the steps of long work: lets other work in when it was not let in for so many milliseconds. */
export function pauses(everyMs: number, now = elapsedMs): () => Promise<void> {
  let letInAt = now();
  return async () => {
    if (now() - letInAt < everyMs) return;
    await setImmediate();
    letInAt = now();
  };
}
