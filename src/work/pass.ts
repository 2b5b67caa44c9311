import { UNSHARED, type Turns } from '../locations/turns.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { Doing } from '../facts/fields.ts';
import type { Amount, Pass, StepName, SyncStep } from '../replication/pass.ts';
import { countObjects, type Objects } from '../repository/objects.ts';
import type { Cause, Sent } from './sender.ts';
import type { Transfer } from './transfers/transfer.ts';
import type { FoundPlace } from '../facts/disks.ts';
import { showLong } from './long-work.ts';
import type { Run } from './run.ts';
import type { Workplace } from './workplace.ts';

interface Worker extends Pick<Workplace, 'store' | 'clock' | 'backend' | 'evaluation' | 'onStep'> {
  readonly config: Pick<Workplace['config'], 'name' | 'traits'>;
}

/** One pass of a worker: counts what it sends, and writes its progress to the facts. */
export class BackendPass implements Pass, Run {
  readonly signal: AbortSignal;
  readonly cause: Cause;
  private readonly worker: Worker;
  private readonly name: string;
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
    this.name = worker.config.name;
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

  /** Records a plan. Whatever was sent before it stays counted. */
  planned({ objects, bytes = 0 }: Amount): void {
    this.worker.evaluation.refresh(); // the inspection may have found losses
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

  /** Records that everything to be sent is there. */
  sent({ remember }: Sent): void {
    this.owesNothing();
    this.worker.evaluation.remember(remember);
  }

  alive(left?: Amount): void {
    const { store } = this.worker;
    this.transfer?.moved();
    store.updateBackend(this.name, 'progress', { progressAt: this.now() });
    if (left !== undefined) this.owes(left);
  }

  step(name: StepName): void {
    this.worker.onStep(name);
  }

  /** The bytes that an unverified script owes are never known. */
  owesNothing(): void {
    this.owes({ objects: 0, ...(this.worker.config.traits.countsAsCopy && { bytes: 0 }) });
  }

  /** Shows the remaining work, or that it is unknown. */
  owes(left: Amount | undefined): void {
    const [pendingObjects, pendingBytes] = [left?.objects, left?.bytes];
    this.worker.store.updateBackend(this.name, 'progress', { pendingObjects, pendingBytes });
  }

  /** Runs an action that transfers data, in turns with other passes. */
  async sharing<T>(transfer: Transfer, action: () => Promise<T>): Promise<T> {
    this.transfer = transfer;
    try {
      return await action();
    } finally {
      this.transfer = undefined;
    }
  }

  /** Shows that it waits for its turn. */
  waits(isWaiting: boolean): void {
    const { store } = this.worker;
    const { progress } = store.backend(this.name).progress;
    if (progress === undefined) return;
    const { waitingSince: _, ...rest } = progress;
    store.updateBackend(this.name, 'progress', {
      progress: isWaiting ? { ...rest, waitingSince: this.now() } : rest,
    });
  }

  /** Records what an inspection found, by a new or an earlier listing. */
  inspected(found: FoundPlace): void {
    const { store, evaluation, backend } = this.worker;
    evaluation.found(found);
    const { objects } = backend.known;
    if (objects === undefined) return;
    const { lastListing } = store.backend(this.name).place;
    this.seen = {
      objects: countObjects(objects),
      ...(lastListing !== undefined && { listedAt: lastListing }),
    };
  }

  /** Shows what is running once it takes long. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { clock, store } = this.worker;
    const show = (doing: Doing | undefined) =>
      store.updateBackend(this.name, 'progress', { doing });
    return showLong({ what, clock, show }, work);
  }

  /** Returns the report of the pass, and ends the display. */
  end(): SyncReport {
    const { store, evaluation } = this.worker;
    store.updateBackend(this.name, 'progress', { progress: undefined });
    evaluation.refresh();
    return {
      backend: this.name,
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
    this.worker.store.updateBackend(this.name, 'progress', {
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
    const { store } = this.worker;
    const { counters } = store.backend(this.name).attempts;
    store.updateBackend(this.name, 'attempts', {
      counters: {
        ...counters,
        replans: counters.replans + (added.replans ?? 0),
        transferredObjects: counters.transferredObjects + (added.transferredObjects ?? 0),
        transferredBytes: counters.transferredBytes + (added.transferredBytes ?? 0),
      },
    });
  }
}
