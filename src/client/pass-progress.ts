import type { Amount } from '../work/sender.ts';
import type { SyncReport } from '../report/sync-report.ts';
import { countObjects, type Objects } from '../repository/objects.ts';
import type { SyncStep } from '../replication/sync.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Doing } from '../report/types.ts';
import type { FactStore } from './fact-store.ts';
import { showLong } from './long-work.ts';

/** Counts what one pass moves, and shows it in the facts while it does. */
export class PassProgress {
  private readonly name: string;
  private readonly store: FactStore;
  private readonly clock: Clock;
  private readonly startedAt: number;
  private plans = 0;
  private objects = 0;
  private bytes = 0;
  private total = { objects: 0, bytes: 0 };
  private readonly snapshots: string[] = [];
  private seen: SyncReport['looked'];

  constructor(name: string, { store, clock }: { store: FactStore; clock: Clock }) {
    this.name = name;
    this.store = store;
    this.clock = clock;
    this.startedAt = clock.now();
  }

  /** A plan says how much there is left; what was moved before it stays counted. */
  plan({ objects, bytes = 0 }: Amount): void {
    this.plans += 1;
    this.total = { objects: this.objects + objects, bytes: this.bytes + bytes };
    if (this.plans > 1) this.count({ replans: 1 });
    this.show('config');
  }

  moved({ phase, objects, bytes }: SyncStep): void {
    this.objects += objects;
    this.bytes += bytes;
    this.count({ transferredObjects: objects, transferredBytes: bytes });
    this.show(phase);
  }

  /** It waits until others have had their turn. */
  waits(isWaiting: boolean): void {
    const { progress } = this.store.backend(this.name);
    if (progress === undefined) return;
    const { waitingSince: _, ...rest } = progress;
    this.store.updateBackend(this.name, {
      progress: isWaiting ? { ...rest, waitingSince: this.clock.now() } : rest,
    });
  }

  published({ snapshots }: Objects): void {
    for (const { id } of snapshots.entries()) this.snapshots.push(id);
  }

  /** What is known to be there after a look, by a listing of now or of an earlier one. */
  looked(objects: Objects | undefined): void {
    if (objects === undefined) return;
    const { lastListing } = this.store.backend(this.name);
    this.seen = {
      objects: countObjects(objects),
      ...(lastListing !== undefined && { listedAt: lastListing }),
    };
  }

  /** Shows what is being done, once it takes long. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { clock, store } = this;
    const show = (doing: Doing | undefined) => store.updateBackend(this.name, { doing });
    return showLong({ what, clock, show }, work);
  }

  /** The report of the pass, as far as it counted; ends the display. */
  end(startedAt: number): SyncReport {
    this.store.updateBackend(this.name, { progress: undefined });
    return {
      backend: this.name,
      startedAt,
      endedAt: this.clock.now(),
      outcome: 'nothing',
      sent: { objects: this.objects, bytes: this.bytes },
      published: this.snapshots,
      replans: Math.max(0, this.plans - 1),
      ...(this.seen && { looked: this.seen }),
    };
  }

  private show(phase: SyncStep['phase']): void {
    const now = this.clock.now();
    this.store.updateBackend(this.name, {
      progressAt: now,
      pendingObjects: Math.max(0, this.total.objects - this.objects),
      pendingBytes: Math.max(0, this.total.bytes - this.bytes),
      progress: {
        phase,
        startedAt: this.startedAt,
        updatedAt: now,
        objects: this.objects,
        totalObjects: Math.max(this.total.objects, this.objects),
        bytes: this.bytes,
        totalBytes: Math.max(this.total.bytes, this.bytes),
      },
    });
  }

  private count(added: {
    replans?: number;
    transferredObjects?: number;
    transferredBytes?: number;
  }): void {
    const { counters } = this.store.backend(this.name);
    this.store.updateBackend(this.name, {
      counters: {
        ...counters,
        replans: counters.replans + (added.replans ?? 0),
        transferredObjects: counters.transferredObjects + (added.transferredObjects ?? 0),
        transferredBytes: counters.transferredBytes + (added.transferredBytes ?? 0),
      },
    });
  }
}
