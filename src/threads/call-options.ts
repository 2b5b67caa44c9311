export interface CallOptions {
  readonly signal: AbortSignal;
  /** the place that the call is about: while one of its calls is stuck, it gets no further thread */
  readonly owner: string;
  /** milliseconds without any progress after which the file system counts as hung */
  readonly silenceMs: number;
  readonly onProgress?: (moved: { readonly objects: number; readonly bytes: number }) => void;
}

/** What a thread and its caller share of the call that runs: [cancelled, objects done, bytes done]. */
export const COUNTER = { cancelled: 0, objects: 1, bytes: 2 } as const;
