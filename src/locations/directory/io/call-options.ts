export interface CallOptions {
  readonly signal: AbortSignal;
  /** milliseconds without any progress after which the mount counts as hung */
  readonly silenceMs: number;
  readonly onProgress?: (moved: { readonly objects: number; readonly bytes: number }) => void;
}
