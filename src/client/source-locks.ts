import type { Location, LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { isAbort } from '../runtime/abort.ts';
import { asSyncdError } from '../runtime/errors.ts';

interface SourceLocksOptions {
  readonly source: Location;
  readonly log: Log;
}

/** Reads the locks of a source. They are for information only: an error is logged once, and stops nothing. */
export class SourceLocks {
  private readonly options: SourceLocksOptions;
  private lastWarning = '';

  constructor(options: SourceLocksOptions) {
    this.options = options;
  }

  /** Returns undefined if they are unknown. Rejects only with an AbortError. */
  async check(signal: AbortSignal): Promise<LockFiles | undefined> {
    try {
      const locks = await this.options.source.locks({ signal });
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
