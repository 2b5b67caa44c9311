export interface CallOptions {
  readonly signal: AbortSignal;
  /** the place of the call; while one of its calls is stuck, it gets no other thread */
  readonly owner: string;
  /** milliseconds without any progress after which the file system counts as hung */
  readonly silenceMs: number;
  /** memory that is handed over to the thread instead of copied */
  readonly transfer?: readonly ArrayBuffer[];
  readonly onProgress?: (moved: { readonly objects: number; readonly bytes: number }) => void;
}

/** The memory that a thread and its caller share during a call: [cancelled, objects done, bytes done]. */
export const COUNTER = { cancelled: 0, objects: 1, bytes: 2 } as const;
