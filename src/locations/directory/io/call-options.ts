export interface CallOptions {
  readonly signal: AbortSignal;
  /** the place that the call is about: while one of its calls is stuck, it gets no further thread */
  readonly owner: string;
  /** milliseconds without any progress after which the file system counts as hung */
  readonly silenceMs: number;
  readonly onProgress?: (moved: { readonly objects: number; readonly bytes: number }) => void;
}
