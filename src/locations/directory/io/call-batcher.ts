import { resultOf } from './file-call-error.ts';
import type { Args, Outcome, Result, SmallCall, SmallOperation } from './protocol.ts';

interface Options {
  readonly signal: AbortSignal;
}

type Send = (calls: readonly SmallCall[], options: Options) => Promise<Outcome[]>;

interface Round {
  readonly signal: AbortSignal;
  readonly calls: SmallCall[];
  readonly outcomes: Promise<Outcome[]>;
}

/** Small calls that are made in the same turn are sent as one; each has its own answer or error. */
export class CallBatcher {
  private readonly send: Send;
  private round: Round | undefined;

  constructor(send: Send) {
    this.send = send;
  }

  async call<N extends SmallOperation>(
    operation: N,
    args: Args<N>,
    options: Options,
  ): Promise<Result<N>> {
    const round = this.round?.signal === options.signal ? this.round : this.begin(options);
    const position = round.calls.push({ operation, args }) - 1;
    const outcome = (await round.outcomes)[position];
    if (outcome === undefined) throw new Error(`no answer to ${operation}`);
    return resultOf(outcome) as Result<N>;
  }

  private begin(options: Options): Round {
    const calls: SmallCall[] = [];
    const outcomes = Promise.resolve().then(async () => {
      if (this.round === round) this.round = undefined;
      return this.send(calls, options);
    });
    const round: Round = { signal: options.signal, calls, outcomes };
    this.round = round;
    return round;
  }
}
