/** How long a batch should take, in milliseconds, because others wait for its end. */
const REMOTE_MS = 10_000;
/** For places where starting a batch costs almost nothing. */
const NEAR_MS = 1_000;
/** The maximum growth from one batch to the next, which is read while the current one is being sent. */
const GROWTH = 4;
/** Bytes of the first batch, before anything is known. */
const FIRST_BYTES = 64 * 1024 * 1024;

/** Estimates the batch size of one backend from the speed of its batches so far. */
export class BatchPace {
  private readonly isRemote: boolean;
  private bytes = FIRST_BYTES;

  constructor(isRemote: boolean) {
    this.isRemote = isRemote;
  }

  /** @param limit bytes a second; undefined: no limit */
  batchBytes(limit: number | undefined): number {
    if (limit === undefined) return this.bytes;
    return Math.min(this.bytes, (limit / 1000) * (this.isRemote ? REMOTE_MS : NEAR_MS));
  }

  /** Only large or long batches show the speed; others mostly measure the start. */
  note(bytes: number, ms: number): void {
    const isTelling = ms > 0 && bytes > 0 && (bytes >= FIRST_BYTES / 2 || ms >= REMOTE_MS);
    if (isTelling) this.bytes = Math.min((bytes / ms) * REMOTE_MS, this.bytes * GROWTH);
  }
}
