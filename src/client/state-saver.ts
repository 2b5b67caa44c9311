import type { Log } from '../log/log.ts';
import type { Clock } from '../runtime/clock.ts';
import { formatDuration } from '../runtime/units.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { ClientUnit } from './unit.ts';

/** How often to save important changes, and everything else, in milliseconds. */
const SAVE_MS = 2_000;
const SAVE_ALL_MS = 10 * 60_000;

interface Saved {
  readonly unit: Pick<ClientUnit, 'name' | 'store' | 'setSaving'>;
  readonly save: () => Promise<void>;
}

/** Saves the state of a client while it runs. A failure is in the report, and in the log once. */
export class StateSaver {
  private readonly held: Saved;
  private readonly log: Log;
  private readonly clock: Clock;
  private savedAt: number;
  private isSaving = false;
  private failures = 0;
  private failingSince: number | undefined;

  constructor(held: Saved, { log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.held = held;
    this.log = log;
    this.clock = clock;
    this.savedAt = clock.elapsedMs();
    held.unit.setSaving({ failures: 0 });
  }

  /** Runs until the signal fires; never rejects. An idle client wakes nothing up. */
  async run(signal: AbortSignal): Promise<void> {
    const { unsaved } = this.held.unit.store;
    for (;;) {
      await unsaved.waitUpTo(SAVE_ALL_MS, signal);
      await new Wakeup().waitUpTo(SAVE_MS, signal); // what changes together is saved together
      if (signal.aborted) return;
      await this.saveIfDue();
    }
  }

  /** Never rejects. */
  async saveIfDue(): Promise<void> {
    const { unit } = this.held;
    if (this.isSaving) return; // later changes stay marked
    const isDue = unit.store.takeDirty() || this.clock.elapsedMs() - this.savedAt > SAVE_ALL_MS;
    if (!isDue) return;
    this.isSaving = true;
    this.savedAt = this.clock.elapsedMs();
    try {
      await this.held.save();
      this.succeed();
    } catch (error) {
      unit.store.markForSaving();
      this.fail(error as Error & { readonly hint?: string });
    } finally {
      this.isSaving = false;
    }
  }

  private fail({ message, hint }: Error & { readonly hint?: string }): void {
    const { unit } = this.held;
    const isNews = this.failingSince === undefined;
    this.failures += 1;
    this.failingSince ??= this.clock.now();
    const { failures, failingSince } = this;
    unit.setSaving({ failures, failingSince, message, ...(hint !== undefined && { hint }) });
    if (isNews) this.log.error({ client: unit.name, hint }, `cannot save the state: ${message}`);
  }

  private succeed(): void {
    if (this.failingSince === undefined) return;
    const { unit } = this.held;
    const lasted = formatDuration(this.clock.now() - this.failingSince);
    this.failingSince = undefined;
    unit.setSaving({ failures: this.failures });
    this.log.info({ client: unit.name }, `the state is saved again, after ${lasted}`);
  }
}
