import { SETTLE_MS } from './listing-cache.ts';

interface Known<T> {
  readonly stamp: string | null;
  readonly value: T;
  /** when this stamp was first seen, and when the value was last read; milliseconds since the epoch */
  readonly seenAt: number;
  readonly readAt: number;
}

/** What was read of a file or directory, answered again for as long as that looks unchanged, and has for a while. */
export class Unchanged<T> {
  private readonly now: () => number;
  private known: Known<T> | undefined;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** @param stamp its identity and times of change, as they are now: taken before it is read */
  async get(stamp: string | null, read: () => Promise<T>): Promise<T> {
    const known = this.known?.stamp === stamp ? this.known : undefined;
    if (known !== undefined && known.readAt - known.seenAt >= SETTLE_MS) return known.value;
    const readAt = this.now();
    const value = await read();
    this.known = { stamp, value, seenAt: known?.seenAt ?? readAt, readAt };
    return value;
  }
}
