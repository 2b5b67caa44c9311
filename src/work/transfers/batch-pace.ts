/** How long a batch should take, in milliseconds: others wait for its end. */
const REMOTE_MS = 10_000;
/** Where starting a batch costs next to nothing, and nothing slows its bytes down but that it is small. */
const NEAR_MS = 1_000;
/** A batch may be at most this many times as large as the one before: what comes next is read while that is on its way. */
const GROWTH = 4;
/** Bytes of the first batch, before anything is known. */
const FIRST_BYTES = 64 * 1024 * 1024;

/** How many bytes one backend moves in the time that a batch should take, as its batches so far tell. */
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

  /** Only what was large, or took long, tells how fast it goes; the rest is mostly its beginning. */
  note(bytes: number, ms: number): void {
    const isTelling = ms > 0 && bytes > 0 && (bytes >= FIRST_BYTES / 2 || ms >= REMOTE_MS);
    if (isTelling) this.bytes = Math.min((bytes / ms) * REMOTE_MS, this.bytes * GROWTH);
  }
}
