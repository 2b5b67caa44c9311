import type { FilePool } from './file-pool.ts';
import type { CallOptions } from '../../../threads/call-options.ts';
import { resultOf } from './file-call-error.ts';
import type { Args, OperationName, Result, SmallOperation } from './protocol.ts';
import { CallBatcher } from './call-batcher.ts';

/** Calls that write wait for the disk itself: they may be silent for this many times as long as others. */
const WRITING = new Set<OperationName>(['admit', 'copy', 'place', 'syncNames', 'verify', 'write']);
const WRITING_FACTOR = 4;

type Options = Pick<CallOptions, 'signal' | 'onProgress'>;

/** The file calls of one place, each made in a thread of its mount. */
export class FileCalls {
  readonly root: string;
  private readonly pool: FilePool;
  private readonly silenceMs: number;
  private readonly together = new CallBatcher((calls, options) =>
    this.call('several', { calls }, options),
  );

  constructor(pool: FilePool, root: string, silenceMs: number) {
    this.pool = pool;
    this.root = root;
    this.silenceMs = silenceMs;
  }

  async call<N extends OperationName>(
    operation: N,
    args: Args<N>,
    options: Options,
  ): Promise<Result<N>> {
    const lane = this.pool.lane(this.root);
    const outcome = await lane.call({ operation, args }, this.owned(operation, options));
    return resultOf(outcome) as Result<N>;
  }

  /** Small calls that are made at the same time are one message to the thread. */
  async ask<N extends SmallOperation>(
    operation: N,
    args: Args<N>,
    options: Options,
  ): Promise<Result<N>> {
    return this.together.call(operation, args, options);
  }

  /** A copy from another place, in a thread of its own kind: it may hang on either side. */
  async copy(args: Args<'copy'>, options: Options): Promise<Result<'copy'>> {
    const lane = this.pool.copyLane(args.sourceRoot, this.root);
    const request = { operation: 'copy', args };
    return resultOf(await lane.call(request, this.owned('copy', options))) as Result<'copy'>;
  }

  private owned(operation: OperationName, { signal, onProgress }: Options): CallOptions {
    const silenceMs = this.silenceMs * (WRITING.has(operation) ? WRITING_FACTOR : 1);
    const base = { signal, owner: this.root, silenceMs };
    return onProgress === undefined ? base : { ...base, onProgress };
  }
}
