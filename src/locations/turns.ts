/** How several backends share what carries their bytes. A location moves a batch only in its turn. */
export interface Turns {
  /** bytes a second for all that is sent to backends of this name; undefined: no limit */
  readonly bandwidth: number | undefined;
  /** how many bytes a batch should have at most, so that others do not wait for long; one file may be larger */
  readonly batchBytes: number;
  /** Runs an action that moves this many bytes, once it may; rejects with an AbortError instead when its pass is stopped. */
  take<T>(bytes: number, action: () => Promise<T>): Promise<T>;
}

/** Where nobody else wants to. */
export const UNSHARED: Turns = {
  bandwidth: undefined,
  batchBytes: Infinity,
  take: (_bytes, action) => action(),
};

/** What a batch may be, in files and bytes: read anew for each, as turns learn how fast it goes. */
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
