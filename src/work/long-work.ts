import type { Doing } from '../facts/fields.ts';
import type { Clock } from '../runtime/clock.ts';

/** How long work must take before it is shown, in milliseconds, so that a poll that finds nothing new changes no facts. */
const SHORT_MS = 3_000;

interface LongWork {
  readonly what: string;
  readonly clock: Clock;
  /** called when it takes long, and with undefined when it ends */
  readonly show: (doing: Doing | undefined) => void;
}

/** Shows what is running once it takes long. Otherwise a hung place would look idle. */
export async function showLong<T>(
  { what, clock, show }: LongWork,
  work: () => Promise<T>,
): Promise<T> {
  const since = clock.now();
  const shown = { isSo: false };
  const timer = setTimeout(() => {
    shown.isSo = true;
    show({ what, since });
  }, SHORT_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (shown.isSo) show(undefined);
  }
}
