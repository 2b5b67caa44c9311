/** How several backends share the transfer slots. A location sends a batch only in its turn. */
export interface Turns {
  /** bytes per second for everything sent to backends with this name; undefined: no limit */
  readonly bandwidth: number | undefined;
  /** how many bytes a batch should have at most, so that others do not wait for long; one file may be larger */
  readonly batchBytes: number;
  /** Runs an action that sends this many bytes when its turn comes; rejects with an AbortError instead if its pass is stopped. */
  take<T>(bytes: number, action: () => Promise<T>): Promise<T>;
}

/** Turns without other contenders. */
export const UNSHARED: Turns = {
  bandwidth: undefined,
  batchBytes: Infinity,
  take: (_bytes, action) => action(),
};

/** The limits of a batch, in files and bytes; read for each batch, because turns learn the speed. */
export function batchLimits(
  most: { readonly files: number; readonly bytes: number },
  turns: Turns,
): { readonly files: number; readonly bytes: number } {
  return {
    files: most.files,
    get bytes() {
      return Math.min(most.bytes, turns.batchBytes);
    },
  };
}
