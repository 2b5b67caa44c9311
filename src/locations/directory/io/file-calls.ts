import type { CallOptions } from '../../../threads/call-options.ts';
import type { Lane } from '../../../threads/lane.ts';
import type { Role } from '../../location.ts';
import { classify } from '../classify.ts';
import { FileCallError, type FileError } from './file-call-error.ts';
import type { FilePool } from './file-pool.ts';
import type { Args, OperationName, Request, Result } from './operations.ts';

/** Calls that write wait for the disk itself: they may be silent for this many times as long as others. */
const WRITING = new Set<OperationName>(['admit', 'copy', 'place', 'syncNames', 'verify', 'write']);
const WRITING_FACTOR = 4;

type Options = Pick<CallOptions, 'signal' | 'onProgress'>;

interface FileCallsOptions {
  readonly pool: FilePool;
  readonly root: string;
  readonly role: Role;
  readonly silenceMs: number;
}

/** The file calls of one place, each made in a thread of its mount. They reject with classified errors. */
export class FileCalls {
  readonly root: string;
  private readonly options: FileCallsOptions;

  constructor(options: FileCallsOptions) {
    this.root = options.root;
    this.options = options;
  }

  async call<N extends OperationName>(
    operation: N,
    options: Options,
    ...args: Args<N>
  ): Promise<Result<N>> {
    const request = { root: this.root, operation, args };
    return (await this.ask(this.options.pool.lane(this.root), request, options)) as Result<N>;
  }

  /** A copy from another place, in a thread of its own kind: it may hang on either side. */
  async copy(options: Options, ...args: Args<'copy'>): Promise<Result<'copy'>> {
    const [{ sourceRoot }] = args;
    const request = { root: this.root, operation: 'copy', args } as const;
    const lane = this.options.pool.copyLane(sourceRoot, this.root);
    return (await this.ask(lane, request, options)) as Result<'copy'>;
  }

  private async ask(
    lane: Lane<FileError>,
    request: Request,
    { signal, onProgress }: Options,
  ): Promise<unknown> {
    const silenceMs =
      this.options.silenceMs * (WRITING.has(request.operation) ? WRITING_FACTOR : 1);
    const outcome = await lane.call(request, {
      ...{ signal, owner: this.root, silenceMs },
      ...(onProgress !== undefined && { onProgress }),
    });
    if ('error' in outcome) throw classify(new FileCallError(outcome.error), this.options);
    return outcome.result;
  }
}
