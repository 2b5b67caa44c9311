import { BATCH_BYTES, type Turns } from '../../locations/turns.ts';
import type { Mover } from './schedule.ts';

/** How long a batch at a bandwidth limit should take, in seconds: starting one at a remote costs something. */
const REMOTE_S = 10;
const NEAR_S = 1;

export interface TransferRequest {
  readonly client: string;
  readonly backend: string;
  /** a first copy, or very much to send */
  readonly isLong: boolean;
  /** starting a batch there costs something */
  readonly isRemote: boolean;
  /** called when a wait has become worth a word, and when it ends */
  readonly onWaiting: (isWaiting: boolean) => void;
  readonly signal: AbortSignal;
}

interface Owner {
  readonly now: () => number;
  readonly bandwidth: () => number | undefined;
  /** resolves when a batch may be moved */
  readonly admit: () => Promise<void>;
  /** notes what was moved */
  readonly pay: (bytes: number, startedAt: number) => void;
}

/** One pass over one backend, as its location and the queue see it. */
export class Transfer implements Turns, Mover {
  readonly request: TransferRequest;
  since = 0;
  turnSince = 0;
  /** when it last showed that it moves */
  movedAt = 0;
  private readonly owner: Owner;
  private isSaid = false;

  constructor(request: TransferRequest, owner: Owner) {
    this.request = request;
    this.owner = owner;
  }

  get client(): string {
    return this.request.client;
  }

  get backend(): string {
    return this.request.backend;
  }

  get isLong(): boolean {
    return this.request.isLong;
  }

  get bandwidth(): number | undefined {
    return this.owner.bandwidth();
  }

  get batchBytes(): number {
    const { bandwidth } = this;
    const { isRemote } = this.request;
    return Math.min(BATCH_BYTES, (bandwidth ?? Infinity) * (isRemote ? REMOTE_S : NEAR_S));
  }

  async take<T>(bytes: number, action: () => Promise<T>): Promise<T> {
    await this.owner.admit();
    const startedAt = this.owner.now();
    try {
      return await action();
    } finally {
      this.owner.pay(bytes, startedAt);
    }
  }

  /** A sign of progress. */
  moved(): void {
    this.movedAt = this.owner.now();
  }

  beginWait(): void {
    this.since = this.owner.now();
  }

  sayWhenLong(ms: number): void {
    if (this.isSaid || this.owner.now() - this.since < ms) return;
    this.isSaid = true;
    this.request.onWaiting(true);
  }

  endWait(): void {
    this.movedAt = this.turnSince = this.owner.now();
    if (this.isSaid) this.request.onWaiting(false);
    this.isSaid = false;
  }
}
