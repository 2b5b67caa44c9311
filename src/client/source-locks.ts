import type { Location, LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { isAbort } from '../runtime/abort.ts';
import { asSyncdError } from '../runtime/errors.ts';

interface SourceLocksOptions {
  readonly source: Location;
  /** its kind is a remote */
  readonly isRemote: boolean;
  readonly log: Log;
}

/** Reads the locks of a source. They are for information only: an error is logged once, and stops nothing. */
export class SourceLocks {
  private readonly options: SourceLocksOptions;
  private lastWarning = '';

  constructor(options: SourceLocksOptions) {
    this.options = options;
  }

  /**
   * Returns undefined if they are unknown. They always are at a remote: a check would cost one request per poll, and a lock seen
   * once would seem to stay. Rejects only with an AbortError.
   */
  async check(signal: AbortSignal): Promise<LockFiles | undefined> {
    const { source, isRemote } = this.options;
    if (isRemote) return undefined;
    try {
      const locks = await source.locks({ signal });
      this.lastWarning = '';
      return locks;
    } catch (error) {
      if (isAbort(error)) throw error;
      this.warnOnce(error);
      return undefined;
    }
  }

  private warnOnce(error: unknown): void {
    const { message, hint } = asSyncdError(error);
    if (message === this.lastWarning) return;
    this.lastWarning = message;
    this.options.log.warn({ hint }, `the locks of the source cannot be read: ${message}`);
  }
}
