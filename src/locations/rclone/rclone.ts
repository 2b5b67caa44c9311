import { startChild, startFailure, type Input } from '../../process/run-child.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/units.ts';
import { withCommon } from './arguments.ts';
import { classifyFailure, type Failure } from './classify.ts';
import { LineSplitter } from '../../runtime/line-splitter.ts';
import { readLogLine } from './log-lines.ts';

export interface RcloneOptions {
  /** for people, in messages */
  readonly label: string;
  readonly env: Readonly<Record<string, string>>;
  /** bytes a second; undefined: no limit */
  readonly bandwidth?: number | undefined;
  /** a process without a sign of life for this long is stopped, in milliseconds */
  readonly silenceMs: number;
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly input?: Input;
  /** called with each line of standard output; without it, all of it is in the outcome */
  readonly onLine?: (line: string) => void;
  /** called with the path of each object that rclone reports as transferred */
  readonly onTransferred?: (path: string) => void;
  /** called when rclone reports progress, even for part of an object */
  readonly onMoved?: () => void;
  /** bytes per second, if lower than the limit for all runs */
  readonly bandwidth?: number | undefined;
  /** in addition */
  readonly env?: Readonly<Record<string, string>>;
}

export type Outcome =
  | { readonly isOk: true; readonly stdout: Buffer }
  | { readonly isOk: false; readonly failure: Failure };

/** How many errors of one run are kept: the first ones show the cause. */
const MAX_ERRORS = 20;
const MAX_STDOUT = 16 * 1024 * 1024;
/** The maximum length of a line in bytes; a longer one comes in pieces, which cannot be parsed. */
const LONGEST_LINE = 1024 * 1024;

/** Runs rclone, one process per call, and turns its log into progress and classified failures. */
export class Rclone {
  private readonly options: RcloneOptions;

  constructor(options: RcloneOptions) {
    this.options = options;
  }

  /** Rejects with an AbortError, or with reason `timeout` after a silence. Failures of rclone are in the outcome. */
  async run(args: readonly string[], options: RunOptions): Promise<Outcome> {
    const { label, env, bandwidth, silenceMs } = this.options;
    const { signal, input } = options;
    throwIfAborted(signal);
    const output = new Output(options);
    const limit = slower(bandwidth, options.bandwidth);
    const child = await startChild('rclone', withCommon(args, limit), {
      signal,
      silenceMs,
      env: { ...env, ...options.env },
      ...(input === undefined ? {} : { input }),
      onStdout: (chunk) => {
        child.alive();
        output.stdout(chunk);
      },
      onStderr: (chunk) => {
        if (!output.stderr(chunk)) return;
        child.alive();
        options.onMoved?.();
      },
    });
    const ended = await child.ended;
    const { exitCode, isSilent } = ended;
    throwIfAborted(signal);
    const obstacle = startFailure('rclone', ended);
    if (obstacle !== undefined) throw obstacle;
    if (isSilent) throw silent(label, args[0] ?? '', silenceMs);
    output.end();
    if (exitCode === 0 && output.fault !== undefined)
      throw garbled(label, args[0] ?? '', output.fault);
    if (exitCode === 0) return { isOk: true, stdout: output.collected() };
    const errors =
      exitCode === 127 ? ['ENOENT: rclone was not found', ...output.errors] : output.errors;
    return { isOk: false, failure: classifyFailure(errors, { label, verb: args[0] ?? '' }) };
  }

  /** Runs rclone, and rejects on any failure. */
  async must(args: readonly string[], options: RunOptions): Promise<Buffer> {
    const outcome = await this.run(args, options);
    if (outcome.isOk) return outcome.stdout;
    throw asError(outcome.failure);
  }

  /** Lets the server move: a rename replaces what is there without a check, but some servers refuse that. */
  async move(
    args: (how: { readonly checks: boolean }) => readonly string[],
    options: RunOptions,
  ): Promise<void> {
    const moved = await this.run(args({ checks: false }), options);
    if (!moved.isOk) await this.must(args({ checks: true }), options);
  }
}

/** The failure of something that may fail without losing the rest; anything but a SyncdError, such as an AbortError, still rejects. */
export async function failureOf(work: Promise<unknown>): Promise<SyncdError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof SyncdError) return error;
    throw error;
  }
}

function slower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

export function asError({ reason, message, hint }: Failure): SyncdError {
  return new SyncdError(reason, message, hint);
}

function silent(label: string, verb: string, silenceMs: number): SyncdError {
  return new SyncdError(
    'timeout',
    `rclone ${verb}, ${label}: no output for ${formatDuration(silenceMs)}`,
    'the remote accepts connections but does not answer; the pass will be retried',
  );
}

function garbled(label: string, verb: string, cause: unknown): SyncdError {
  return new SyncdError(
    'tool',
    `rclone ${verb}, ${label}: its output cannot be parsed`,
    'the pass will be retried; to find out more, run the same command by hand',
    cause,
  );
}

/** The output of one process. */
class Output {
  readonly errors: string[] = [];
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private lastProgress = '';
  private moved = false;
  private readonly out: LineSplitter | undefined;
  private readonly log: LineSplitter;

  constructor({ onLine, onTransferred }: Pick<RunOptions, 'onLine' | 'onTransferred'>) {
    this.out = onLine && new LineSplitter(onLine, LONGEST_LINE);
    this.log = new LineSplitter((text) => {
      const line = readLogLine(text);
      if (line.type === 'transferred') {
        this.moved = true;
        onTransferred?.(line.object);
      } else if (line.type === 'stats') {
        this.moved ||= line.progress !== this.lastProgress;
        this.lastProgress = line.progress;
      } else if (line.type === 'error' && this.errors.length < MAX_ERRORS) {
        this.errors.push(line.message);
      }
    }, LONGEST_LINE);
  }

  /** of a line that could not be read */
  get fault(): unknown {
    return this.out?.fault ?? this.log.fault;
  }

  stdout(chunk: Buffer): void {
    if (this.out !== undefined) this.out.push(chunk);
    else if ((this.size += chunk.length) <= MAX_STDOUT) this.chunks.push(chunk);
  }

  /** Returns whether it was a sign of life: something was transferred. */
  stderr(chunk: Buffer): boolean {
    this.moved = false;
    this.log.push(chunk);
    return this.moved;
  }

  end(): void {
    this.out?.end();
    this.log.end();
  }

  collected(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
