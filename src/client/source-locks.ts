import type { Location, LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { isAbort } from '../runtime/abort.ts';
import { asSyncdError } from '../runtime/errors.ts';

interface SourceLocksOptions {
  readonly source: Location;
  readonly log: Log;
}

/** Looks at the locks of a source, which are information only: that they cannot be read is said once, and stops nothing. */
export class SourceLocks {
  private readonly options: SourceLocksOptions;
  private lastWarning = '';

  constructor(options: SourceLocksOptions) {
    this.options = options;
  }

  /**
   * Undefined when they are not known. Those of a remote never are: a look would cost a request a poll, and a lock that was
   * seen once would seem to stay. Rejects with an AbortError only.
   */
  async check(signal: AbortSignal): Promise<LockFiles | undefined> {
    const { source } = this.options;
    if (source.isRemote) return undefined;
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
