import { abortError } from '../../runtime/abort.ts';
import { elapsedMs } from '../../runtime/clock.ts';
import { choose, mayGoOn, rateOf, type Limits, type Situation } from './schedule.ts';
import { Slots } from './slots.ts';
import { Transfer, type TransferRequest } from './transfer.ts';

/** A transfer without progress for this long gives its slot to others until it moves again, in milliseconds (I9). */
const STALL_MS = 10_000;
/** How often waiting passes are checked, in milliseconds. */
const TICK_MS = 1_000;
/** A wait of this length is worth a word, in milliseconds. */
const LOG_AFTER_MS = 3_000;

/** Audits of different places at the same time. */
const AUDITS_AT_ONCE = 2;

/** The default limits. */
export const DEFAULT_LIMITS: Limits = { transfers: 4, bandwidth: {} };

/**
 * All backends of a process that want to move data, and whose turn it is. Only transfers wait here; checks do not. A pass has its
 * turn until it ends, or until, between two batches, another pass goes before it (schedule.ts).
 */
export class TransferQueue {
  /** for audits that are due, which move no data: a listing keeps a disk busy, so not all clients list at the same time */
  readonly audits = new Slots(AUDITS_AT_ONCE);
  private limits: Limits;
  private readonly now: () => number;
  private readonly waiting = new Map<Transfer, () => void>();
  private readonly turns = new Set<Transfer>();
  private readonly lastTurns = new Map<string, number>();
  private readonly paidAt = new Map<string, number>();
  private turnCount = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(limits = DEFAULT_LIMITS, now = elapsedMs) {
    this.limits = limits;
    this.now = now;
  }

  /** Takes effect at the next batch of each. */
  setLimits(limits = DEFAULT_LIMITS): void {
    const now = this.now();
    for (const [backend, at] of this.paidAt) {
      const [before, after] = [rateOf(this.limits, backend), rateOf(limits, backend)];
      if (before === undefined || after === undefined) this.paidAt.delete(backend);
      else this.paidAt.set(backend, now + ((at - now) * before) / after); // what is left to pay, at the new rate
    }
    this.limits = limits;
    this.handOut();
  }

  /** Runs a pass that moves data. Its turn, when it has one, ends with it. */
  async during<T>(request: TransferRequest, pass: (transfer: Transfer) => Promise<T>): Promise<T> {
    const transfer: Transfer = new Transfer(request, {
      now: this.now,
      bandwidth: () => rateOf(this.limits, request.backend),
      admit: () => this.admit(transfer),
      pay: (bytes, startedAt) => this.pay(transfer, bytes, startedAt),
    });
    try {
      return await pass(transfer);
    } finally {
      this.turns.delete(transfer);
      this.handOut();
    }
  }

  /** Resolves when it may move a batch; at once, mostly. */
  private async admit(transfer: Transfer): Promise<void> {
    const { signal } = transfer.request;
    if (signal.aborted) throw abortError(signal);
    if (this.turns.delete(transfer)) {
      if (mayGoOn(transfer, this.waiting.keys(), this.situation())) {
        transfer.moved();
        this.turns.add(transfer);
        return;
      }
      this.lastTurns.set(transfer.client, ++this.turnCount);
    }
    const turn = this.wait(transfer, signal);
    this.handOut();
    await turn;
  }

  private wait(transfer: Transfer, signal: AbortSignal): Promise<void> {
    transfer.beginWait();
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.waiting.delete(transfer);
        transfer.endWait();
        reject(abortError(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.set(transfer, () => {
        signal.removeEventListener('abort', onAbort);
        transfer.endWait();
        resolve();
      });
    });
  }

  private handOut(): void {
    for (;;) {
      const next = choose(this.waiting.keys(), this.situation());
      if (next === undefined) break;
      const start = this.waiting.get(next);
      this.waiting.delete(next);
      this.turns.add(next);
      this.lastTurns.set(next.client, ++this.turnCount);
      start?.();
    }
    this.recheck();
  }

  /** Runs while a pass waits: for a stalled transfer, and for the pause after a batch to end. */
  private recheck(): void {
    clearTimeout(this.timer);
    if (this.waiting.size === 0) return;
    for (const transfer of this.waiting.keys()) transfer.sayWhenLong(LOG_AFTER_MS);
    const now = this.now();
    const due = [...this.paidAt.values()].map((at) => at - now).filter((ms) => ms > 0);
    this.timer = setTimeout(() => this.handOut(), Math.min(TICK_MS, ...due));
  }

  /** Makes the next batch wait until the bandwidth limit has paid for this one, however fast it went. */
  private pay({ backend }: Transfer, bytes: number, startedAt: number): void {
    const rate = rateOf(this.limits, backend);
    if (rate === undefined) this.paidAt.delete(backend);
    else this.paidAt.set(backend, startedAt + (bytes / rate) * 1000);
  }

  private situation(): Situation {
    const { limits, lastTurns, paidAt } = this;
    const now = this.now();
    const moving = [...this.turns].filter((transfer) => now - transfer.movedAt < STALL_MS);
    return { now, limits, moving, lastTurns, paidAt };
  }
}
