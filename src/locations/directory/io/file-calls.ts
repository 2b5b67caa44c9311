import { setImmediate } from 'node:timers/promises';
import type { CallOptions } from '../../../threads/call-options.ts';
import type { ThreadPool } from '../../../threads/thread-pool.ts';
import type { Outcome } from '../../../threads/thread.ts';
import type { Role } from '../../location.ts';
import { classify } from '../classify.ts';
import { FileCallError, type FileError } from './file-call-error.ts';
import type { FilePool } from './file-pool.ts';
import type { Args, FileCall, OperationName, Request, Result } from './operations.ts';

/** Calls that write wait for the disk itself: they may be silent for this many times as long as others. */
const WRITING = new Set<OperationName>(['admit', 'copy', 'place', 'syncNames', 'verify', 'write']);
const WRITING_FACTOR = 4;

/**
 * Calls that only read. Calls made at the same time share a message, because waking a thread costs more than the calls themselves.
 */
const READ_ONLY = new Set<OperationName>(['locks', 'read', 'space', 'stamps']);

type Options = Pick<CallOptions, 'signal' | 'onProgress'>;

interface FileCallsOptions {
  readonly pool: FilePool;
  readonly root: string;
  readonly role: Role;
  readonly silenceMs: number;
}

/** A message that is about to be sent. */
interface Collection {
  readonly signal: AbortSignal;
  readonly calls: FileCall[];
  readonly outcomes: Promise<readonly Outcome<FileError>[]>;
}

/** The file calls of one place, each made in a thread of its mount. They reject with classified errors. */
export class FileCalls {
  readonly root: string;
  private readonly options: FileCallsOptions;
  private collection: Collection | undefined;

  constructor(options: FileCallsOptions) {
    this.root = options.root;
    this.options = options;
  }

  async call<N extends OperationName>(
    operation: N,
    options: Options,
    ...args: Args<N>
  ): Promise<Result<N>> {
    const call = { operation, args };
    const outcome = READ_ONLY.has(operation)
      ? await this.askTogether(call, options.signal)
      : await this.askAlone(this.threads, call, options);
    return this.resultOf(outcome) as Result<N>;
  }

  /** A copy from another place, in a thread of its own kind: it may hang on either side. */
  async copy(options: Options, ...args: Args<'copy'>): Promise<Result<'copy'>> {
    const [{ sourceRoot }] = args;
    const threads = this.options.pool.threadsForCopy(sourceRoot, this.root);
    const outcome = await this.askAlone(threads, { operation: 'copy', args }, options);
    return this.resultOf(outcome) as Result<'copy'>;
  }

  private get threads(): ThreadPool<FileError> {
    return this.options.pool.threadsAt(this.root);
  }

  private async askTogether(call: FileCall, signal: AbortSignal): Promise<Outcome<FileError>> {
    const shared = this.collection?.signal === signal ? this.collection : undefined;
    const collection = shared ?? this.collect(signal);
    const at = collection.calls.push(call) - 1;
    return outcomeAt(await collection.outcomes, at);
  }

  private collect(signal: AbortSignal): Collection {
    const calls: FileCall[] = [];
    const ask = async () => {
      await setImmediate(); // until everything that asks at this time has done so
      if (this.collection?.calls === calls) this.collection = undefined;
      return this.ask(this.threads, calls, { signal });
    };
    this.collection = { signal, calls, outcomes: ask() };
    return this.collection;
  }

  private async askAlone(
    threads: ThreadPool<FileError>,
    call: FileCall,
    options: Options,
  ): Promise<Outcome<FileError>> {
    return outcomeAt(await this.ask(threads, [call], options), 0);
  }

  private async ask(
    threads: ThreadPool<FileError>,
    calls: readonly FileCall[],
    { signal, onProgress }: Options,
  ): Promise<readonly Outcome<FileError>[]> {
    const isWriting = calls.some(({ operation }) => WRITING.has(operation));
    const silenceMs = this.options.silenceMs * (isWriting ? WRITING_FACTOR : 1);
    const request: Request = { root: this.root, calls };
    const answer = await threads.call(request, {
      signal,
      owner: this.root,
      silenceMs,
      ...(onProgress !== undefined && { onProgress }),
    });
    return this.resultOf(answer) as readonly Outcome<FileError>[];
  }

  private resultOf(outcome: Outcome<FileError>): unknown {
    if ('error' in outcome) throw classify(new FileCallError(outcome.error), this.options);
    return outcome.result;
  }
}

function outcomeAt(outcomes: readonly Outcome<FileError>[], at: number): Outcome<FileError> {
  const outcome = outcomes[at];
  if (outcome === undefined) throw new Error('a file thread did not answer every call');
  return outcome;
}
