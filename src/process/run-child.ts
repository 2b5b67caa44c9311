import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { deferred } from '../runtime/deferred.ts';
import { SyncdError } from '../runtime/errors.ts';
import { limitHint } from '../runtime/errno-hints.ts';
import { errorCode } from '../runtime/system-error.ts';
import { createMark, outlastedByNone } from './descendants.ts';
import { endedWithParent, groupEndedWithParent } from './parent-death.ts';

export type Input = string | Uint8Array;

export interface ChildOptions {
  /** all of it: nothing is inherited */
  readonly env: Readonly<Record<string, string>>;
  /** written to standard input, which is then closed; while it waits for that, a child may be silent */
  readonly input?: Input | Promise<Input>;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** a child without a sign of life for this long is ended, in milliseconds */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** somebody else's program: it may start others, and it is asked to end as by Ctrl-C before it is told to */
  readonly isForeign?: boolean;
}

export interface ChildResult {
  /** undefined when it could not be started, or was ended */
  readonly exitCode: number | undefined;
  /** it was ended because it gave no sign of life */
  readonly isSilent: boolean;
  /** why it could not be started, such as `EMFILE`; absent when it was */
  readonly notStarted?: string;
}

export interface Child {
  /** a sign of life */
  alive(): void;
  readonly ended: Promise<ChildResult>;
}

/** How long a child that was asked to end may take, in milliseconds. */
const GRACE_MS = 5_000;
/** Of these, how long it may take to end by itself: restic before 0.17 takes its lock away for SIGINT only. */
const ASKED_MS = 3_000;
/** How often to look whether all of a group has ended, in milliseconds. */
const LOOK_MS = 50;
/** How long to wait for what a foreign program has written, once it has ended, in milliseconds. */
const DRAIN_MS = 1_000;
/** What cannot be started answers as a shell does. */
const NOT_STARTED = 127;

/**
 * Starts a program in a process group of its own, all of which is ended when the signal fires or it falls silent: SIGTERM,
 * then SIGKILL; before them SIGINT, if it is foreign. What a foreign program has started ends with it, wherever it went. `ended` never rejects, and resolves soon after a SIGKILL even if the process hangs in a system call.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Child> {
  const { execa } = await import('execa');
  const prefix = await (options.isForeign === true ? groupEndedWithParent() : endedWithParent());
  const mark = createMark();
  outlastedByNone();
  const [file = command, ...rest] = [...prefix, command, ...args];
  const child = execa(file, rest, {
    reject: false,
    extendEnv: false,
    env: { ...options.env, ...mark.variables },
    detached: true,
    buffer: false,
    encoding: 'buffer',
    stdin: options.input === undefined ? 'ignore' : 'pipe',
  });
  consume(child.stdout, options.onStdout);
  consume(child.stderr, options.onStderr);
  const guard = new Guard(child.pid, options);
  void feed(child.stdin, options.input).then(() => guard.alive());
  let notStarted: string | undefined;
  const left = child.then((result) => {
    const { exitCode, signal } = result;
    if (exitCode !== undefined || signal !== undefined) return exitCode;
    notStarted = errorCode(result);
    return NOT_STARTED;
  });
  const drained = options.isForeign === true ? [leftBehind(child, guard)] : [];
  const ended = Promise.race([left, ...drained, guard.givenUp]).then(async (exitCode) => {
    await guard.othersLeft();
    guard.end();
    if (options.isForeign === true) await mark.endAll();
    return {
      ...{ exitCode: guard.isEnding ? undefined : exitCode, isSilent: guard.isSilent },
      ...(notStarted !== undefined && { notStarted }),
    };
  });
  return { alive: () => guard.alive(), ended };
}

/** A limit of this process or machine kept a program from being started; nothing is wrong with the program. */
export function startFailure(
  program: string,
  { notStarted = '' }: ChildResult,
): SyncdError | undefined {
  const hint = notStarted === 'EAGAIN' ? TOO_MANY_PROCESSES : limitHint(notStarted);
  if (hint === undefined) return undefined;
  return new SyncdError('tool', `${program} cannot be started: ${notStarted}`, { hint });
}

const TOO_MANY_PROCESSES =
  'there are too many processes or threads: raise TasksMax in the systemd unit, or ulimit -u';

async function feed(
  stdin: NodeJS.WritableStream | null,
  input: ChildOptions['input'],
): Promise<void> {
  if (stdin === null || input === undefined) return;
  stdin.on('error', () => undefined); // it ended without reading all of it; its exit says why
  stdin.end(await input);
}

function consume(stream: Readable | null, onChunk: (chunk: Buffer) => void): void {
  stream?.on('data', onChunk);
  stream?.on('error', () => undefined);
}

/** Some time after it has ended: what it leaves running may hold on to its output, in a process group of its own even. */
function leftBehind(child: ChildProcess, guard: Guard): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode) => {
      guard.endOthers();
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(exitCode ?? undefined);
      }, DRAIN_MS);
      child.once('close', () => clearTimeout(timer));
    });
  });
}

/** The guards of all children that run. */
const running = new Set<Guard>();

/** Ends all children at once, and whatever is left of their process groups: for when there is no time to ask them. */
export function killAllChildren(): void {
  for (const guard of running) guard.end();
}

type GuardOptions = Pick<ChildOptions, 'signal' | 'silenceMs' | 'isForeign'>;

/** Ends a process group: when asked to, when it is silent, and what is left of it when its leader has ended. */
class Guard {
  isSilent = false;
  isEnding = false;
  private isKilled = false;
  private readonly pid: number | undefined;
  private readonly options: GuardOptions;
  private readonly abandoned = deferred<undefined>();
  private readonly onAbort = () => this.terminate();
  private silence: NodeJS.Timeout | undefined;
  private hasEnded = false;
  private timers: NodeJS.Timeout[] = [];

  constructor(pid: number | undefined, options: GuardOptions) {
    this.pid = pid;
    this.options = options;
    running.add(this);
    options.signal.addEventListener('abort', this.onAbort, { once: true });
    if (options.signal.aborted) this.terminate();
  }

  get givenUp(): Promise<undefined> {
    return this.abandoned.promise;
  }

  alive(): void {
    if (this.isEnding || this.hasEnded) return;
    this.silence ??= setTimeout(() => {
      this.isSilent = true;
      this.terminate();
    }, this.options.silenceMs);
    this.silence.refresh();
  }

  /** A shell ends at once when it is asked to; what it has started may still be at it, until its time is up. */
  async othersLeft(): Promise<void> {
    if (this.options.isForeign !== true) return;
    while (this.isEnding && !this.isKilled && this.kill(0)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Its leader has ended by itself: nobody waits for what it has left running. */
  endOthers(): void {
    if (!this.isEnding) this.kill('SIGKILL');
  }

  end(): void {
    this.hasEnded = true;
    running.delete(this);
    clearTimeout(this.silence);
    for (const timer of this.timers) clearTimeout(timer);
    this.options.signal.removeEventListener('abort', this.onAbort);
    this.kill('SIGKILL');
  }

  private terminate(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    const { isForeign = false } = this.options;
    this.kill(isForeign ? 'SIGINT' : 'SIGTERM');
    this.timers = [
      ...(isForeign ? [setTimeout(() => this.kill('SIGTERM'), ASKED_MS)] : []),
      setTimeout(() => this.kill('SIGKILL'), GRACE_MS),
      setTimeout(() => this.abandoned.resolve(undefined), GRACE_MS * 2),
    ];
  }

  /** Answers whether there was anybody left. */
  private kill(signal: NodeJS.Signals | 0): boolean {
    this.isKilled ||= signal === 'SIGKILL';
    if (this.pid === undefined) return false;
    try {
      return process.kill(-this.pid, signal);
    } catch {
      return false; // all of it has ended
    }
  }
}
