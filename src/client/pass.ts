import { UNSHARED, type Turns } from '../locations/turns.ts';
import type { SyncReport } from '../report/sync-report.ts';
import type { Doing } from '../report/types.ts';
import type { Amount, Pass, StepName, SyncStep } from '../replication/pass.ts';
import { countObjects, type Objects } from '../repository/objects.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Cause } from '../work/sender.ts';
import type { Transfer } from '../work/transfers/transfer.ts';
import type { Evaluation } from './evaluation.ts';
import type { FactStore } from './fact-store.ts';
import { showLong } from '../work/long-work.ts';

interface Worker {
  readonly name: string;
  readonly store: FactStore;
  readonly clock: Clock;
  readonly evaluation: Evaluation;
  readonly onStep: (name: StepName) => void;
}

/** One pass of a worker: counts what it moves, and shows in the facts how it goes. */
export class BackendPass implements Pass {
  readonly signal: AbortSignal;
  readonly cause: Cause;
  private readonly worker: Worker;
  private readonly startedAt: number;
  private transfer: Transfer | undefined;
  private plans = 0;
  private objects = 0;
  private bytes = 0;
  private total = { objects: 0, bytes: 0 };
  private readonly snapshots: string[] = [];
  private seen: SyncReport['looked'];

  constructor(
    worker: Worker,
    { signal, cause }: { readonly signal: AbortSignal; readonly cause: Cause },
  ) {
    this.worker = worker;
    this.signal = signal;
    this.cause = cause;
    this.startedAt = worker.clock.now();
  }

  get turns(): Turns {
    return this.transfer ?? UNSHARED;
  }

  now(): number {
    return this.worker.clock.now();
  }

  /** What was moved before a plan stays counted. */
  planned({ objects, bytes = 0 }: Amount): void {
    this.worker.evaluation.refresh(); // something may have been found to be lost
    this.plans += 1;
    this.total = { objects: this.objects + objects, bytes: this.bytes + bytes };
    if (this.plans > 1) this.count({ replans: 1 });
    this.show('config');
  }

  moved({ phase, objects, bytes }: SyncStep): void {
    this.transfer?.moved();
    this.objects += objects;
    this.bytes += bytes;
    this.count({ transferredObjects: objects, transferredBytes: bytes });
    this.show(phase);
  }

  placed(placed: Objects): void {
    const { evaluation } = this.worker;
    for (const { id } of placed.snapshots.entries()) this.snapshots.push(id);
    evaluation.notePlaced(placed);
    evaluation.refresh();
  }

  alive(left?: Amount): void {
    const { name, store } = this.worker;
    this.transfer?.moved();
    store.updateBackend(name, { progressAt: this.now() });
    if (left !== undefined) this.owes(left);
  }

  step(name: StepName): void {
    this.worker.onStep(name);
  }

  /** Shows what is to be done. */
  owes({ objects: pendingObjects, bytes: pendingBytes }: Amount): void {
    this.worker.store.updateBackend(this.worker.name, { pendingObjects, pendingBytes });
  }

  /** Does something that moves data, in turns with other passes. */
  async sharing<T>(transfer: Transfer, action: () => Promise<T>): Promise<T> {
    this.transfer = transfer;
    try {
      return await action();
    } finally {
      this.transfer = undefined;
    }
  }

  /** It waits until others have had their turn. */
  waits(isWaiting: boolean): void {
    const { name, store } = this.worker;
    const { progress } = store.backend(name);
    if (progress === undefined) return;
    const { waitingSince: _, ...rest } = progress;
    store.updateBackend(name, {
      progress: isWaiting ? { ...rest, waitingSince: this.now() } : rest,
    });
  }

  /** What is known to be there after a look, by a listing of now or of an earlier one. */
  looked(objects: Objects | undefined): void {
    if (objects === undefined) return;
    const { name, store } = this.worker;
    const { lastListing } = store.backend(name);
    this.seen = {
      objects: countObjects(objects),
      ...(lastListing !== undefined && { listedAt: lastListing }),
    };
  }

  /** Shows what is being done, once it takes long. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { name, clock, store } = this.worker;
    const show = (doing: Doing | undefined) => store.updateBackend(name, { doing });
    return showLong({ what, clock, show }, work);
  }

  /** The report of the pass, as far as it counted; ends the display. */
  end(): SyncReport {
    const { name, store } = this.worker;
    store.updateBackend(name, { progress: undefined });
    return {
      backend: name,
      startedAt: this.startedAt,
      endedAt: this.now(),
      outcome: 'nothing',
      sent: { objects: this.objects, bytes: this.bytes },
      published: this.snapshots,
      replans: Math.max(0, this.plans - 1),
      ...(this.seen && { looked: this.seen }),
    };
  }

  private show(phase: SyncStep['phase']): void {
    const now = this.now();
    this.worker.store.updateBackend(this.worker.name, {
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
    const { name, store } = this.worker;
    const { counters } = store.backend(name);
    store.updateBackend(name, {
      counters: {
        ...counters,
        replans: counters.replans + (added.replans ?? 0),
        transferredObjects: counters.transferredObjects + (added.transferredObjects ?? 0),
        transferredBytes: counters.transferredBytes + (added.transferredBytes ?? 0),
      },
    });
  }
}
