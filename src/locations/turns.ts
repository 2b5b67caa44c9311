/** How several backends share the transfer slots. A location sends a batch only in its turn. */
export interface Turns {
  /** bytes per second for everything sent to backends with this name; undefined: no limit */
  readonly bandwidth: number | undefined;
  /** how many bytes a batch should have at most, so that others do not wait for long; one file may be larger */
  readonly batchBytes: number;
  /** Runs an action that sends this many bytes when its turn comes; rejects with an AbortError instead if its pass is stopped. */
  take<T>(bytes: number, action: () => Promise<T>): Promise<T>;
}

/** So that others do not wait for long, even for a slow place, and starting a batch is little beside sending it. */
export const BATCH_BYTES = 128 * 1024 * 1024;

/** Turns without other contenders. */
export const UNSHARED: Turns = {
  bandwidth: undefined,
  batchBytes: BATCH_BYTES,
  take: (_bytes, action) => action(),
};
