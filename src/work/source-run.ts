import { SOURCE_NAME } from '../facts/sync-report.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Run } from './run.ts';
import type { Cause } from './sender.ts';

interface SourceRunOptions {
  readonly signal: AbortSignal;
  readonly cause: Cause;
  readonly clock: Clock;
}

/** A run of an activity at the source. */
export class SourceRun implements Run {
  readonly signal: AbortSignal;
  readonly cause: Cause;
  private readonly clock: Clock;
  private readonly startedAt: number;

  constructor({ signal, cause, clock }: SourceRunOptions) {
    this.signal = signal;
    this.cause = cause;
    this.clock = clock;
    this.startedAt = clock.now();
  }

  /** Runs work without showing it, because it runs beside the source loop. */
  async during<T>(_what: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  end(): SyncReport {
    return {
      backend: SOURCE_NAME,
      startedAt: this.startedAt,
      endedAt: this.clock.now(),
      outcome: 'nothing',
      sent: { objects: 0, bytes: 0 },
      published: [],
      replans: 0,
    };
  }
}
