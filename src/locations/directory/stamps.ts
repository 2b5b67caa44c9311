import type { CallOptions } from '../location.ts';

type Ask = (paths: readonly string[], options: CallOptions) => Promise<(string | null)[]>;

interface Round {
  readonly signal: AbortSignal;
  readonly paths: string[];
  readonly answer: Promise<(string | null)[]>;
}

/** Asks for the stamps of directories: what is asked for at the same time, for several kinds, is one call. */
export class Stamps {
  private readonly ask: Ask;
  private round: Round | undefined;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  async of(paths: readonly string[], options: CallOptions): Promise<(string | null)[]> {
    const round = this.round?.signal === options.signal ? this.round : this.begin(options);
    const start = round.paths.length;
    round.paths.push(...paths);
    const stamps = await round.answer;
    return stamps.slice(start, start + paths.length);
  }

  private begin(options: CallOptions): Round {
    const paths: string[] = [];
    const answer = Promise.resolve().then(async () => {
      if (this.round === round) this.round = undefined;
      return this.ask(paths, options);
    });
    const round: Round = { signal: options.signal, paths, answer };
    this.round = round;
    return round;
  }
}
