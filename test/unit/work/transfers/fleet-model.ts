import { onCleanUp } from '../../../support/clean-up.ts';
import type { Limits } from '../../../../src/work/transfers/schedule.ts';
import { TransferQueue } from '../../../../src/work/transfers/transfer-queue.ts';
import type { Transfer } from '../../../../src/work/transfers/transfer.ts';

export interface Pass {
  readonly client: string;
  readonly backend: string;
  readonly isLong: boolean;
  /** bytes of each batch that is left */
  readonly batches: number[];
  readonly stop: AbortController;
  transfer?: Transfer;
  /** ends the batch that moves; undefined while it waits */
  finish?: (() => void) | undefined;
  /** whether its last batch went without any sign of progress */
  isHung: boolean;
  end?: 'done' | 'stopped';
}

/** Passes over one queue, in a time that only the test moves. */
export class Fleet {
  readonly passes: Pass[] = [];
  /** each batch as it began: whose, and who waited then */
  readonly begun: { readonly pass: Pass; readonly waited: readonly Pass[]; readonly at: number }[] =
    [];
  now = 0;
  limits: Limits;
  private readonly queue: TransferQueue;

  constructor(limits: Limits) {
    this.limits = limits;
    this.queue = new TransferQueue(limits, () => this.now);
    onCleanUp(() => this.stopAll());
  }

  get waiting(): Pass[] {
    return this.passes.filter(({ end, finish }) => end === undefined && finish === undefined);
  }

  get moving(): Pass[] {
    return this.passes.filter(({ finish }) => finish !== undefined);
  }

  /** Stops all passes, because a waiting one would keep its timer, and the process. */
  async stopAll(): Promise<void> {
    for (const pass of this.passes) await this.stop(pass);
  }

  async arrive(
    what: Pick<Pass, 'client' | 'backend' | 'isLong'> & { batches: number[] },
  ): Promise<Pass> {
    const pass: Pass = { ...what, stop: new AbortController(), isHung: false };
    this.passes.push(pass);
    const request = {
      client: pass.client,
      backend: pass.backend,
      isLong: pass.isLong,
      isRemote: false,
      signal: pass.stop.signal,
      onWaiting: () => undefined,
    };
    void this.queue
      .during(request, (transfer) => this.run(pass, transfer))
      .then(
        () => (pass.end = 'done'),
        () => (pass.end = 'stopped'),
      );
    await settled();
    return pass;
  }

  async finish(pass: Pass): Promise<void> {
    pass.finish?.();
    await settled();
  }

  async stop(pass: Pass): Promise<void> {
    pass.stop.abort();
    pass.finish?.();
    await settled();
  }

  /** Advances the time; passes that do not hang show that they move. */
  async advance(ms: number): Promise<void> {
    this.now += ms;
    for (const pass of this.moving) if (!pass.isHung) pass.transfer?.moved();
    await this.look();
  }

  async setLimits(limits: Limits): Promise<void> {
    this.limits = limits;
    await this.look();
  }

  /** Does what its timer does. */
  async look(): Promise<void> {
    this.queue.setLimits(this.limits);
    await settled();
  }

  private async run(pass: Pass, transfer: Transfer): Promise<void> {
    pass.transfer = transfer;
    for (let bytes = pass.batches[0]; bytes !== undefined; bytes = pass.batches[0]) {
      await transfer.take(bytes, () => this.move(pass));
      pass.batches.shift();
    }
  }

  private async move(pass: Pass): Promise<void> {
    const waited = this.waiting.filter((other) => other !== pass);
    this.begun.push({ pass, waited, at: this.now });
    await new Promise<void>((resolve) => (pass.finish = resolve));
    pass.finish = undefined;
    pass.isHung = false;
  }
}

/** Everything that follows at once has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
