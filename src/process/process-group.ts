import { LONGEST_TIMER_MS } from '../runtime/units.ts';

/**
 * What execa cannot do. execa starts a child and says how it ended; it ends that one process, and waits until no process holds its
 * output. A program of the operator's starts others, and one that reads from a dead mount does not end. So this file ends a whole
 * process group, step by step; ends one that gives no sign of life for a while; and gives up on one that SIGKILL does not end.
 * Beside it, `descendants.ts` ends what left its process group, and `parent-death.ts` lets the kernel end a child when this
 * process dies. Nor does execa collect what a child writes: its lines have no longest length (`runtime/line-splitter.ts` cuts
 * them), and when a child fails it escapes all that it has collected for a message, which takes seconds at 16 MiB.
 */

export interface GroupOptions {
  /** a child without a sign of life for this long is stopped, in milliseconds */
  readonly silenceMs: number;
  /** ends it */
  readonly signal: AbortSignal;
  /** the operator's program: it may start others, and gets SIGINT first, as by Ctrl-C */
  readonly isForeign?: boolean;
}

/** How long a child may take to stop after a signal, in milliseconds. */
const GRACE_MS = 5_000;
/** How much of that it may take after SIGINT: restic before 0.17 removes its lock only on SIGINT. */
const TERMINATE_MS = 3_000;
/** How often to check whether a whole group has ended, in milliseconds. */
const CHECK_MS = 50;

/** All running groups. */
const running = new Set<ProcessGroup>();

/** Kills all children at once, and the rest of their process groups, when there is no time to stop them gracefully. */
export function killAllChildren(): void {
  for (const group of running) group.close();
}

/** The process group of a child: ended when the signal fires, when it is silent, and when its leader has ended. */
export class ProcessGroup {
  isSilent = false;
  isEnding = false;
  /** resolves if not even SIGKILL ends it */
  readonly givenUp: Promise<undefined>;
  private giveUp: () => void = () => undefined;
  private isKilled = false;
  private isClosed = false;
  private readonly pid: number | undefined;
  private readonly options: GroupOptions;
  private readonly onAbort = () => this.terminate();
  private silence: NodeJS.Timeout | undefined;
  private timers: NodeJS.Timeout[] = [];

  /** @param pid of its leader; undefined if it could not be started */
  constructor(pid: number | undefined, options: GroupOptions) {
    this.pid = pid;
    this.options = options;
    this.givenUp = new Promise((resolve) => {
      this.giveUp = () => resolve(undefined);
    });
    running.add(this);
    options.signal.addEventListener('abort', this.onAbort, { once: true });
    if (options.signal.aborted) this.terminate();
  }

  /** A sign of life. The first one starts the clock. */
  alive(): void {
    if (this.isEnding || this.isClosed) return;
    const silenceMs = Math.min(this.options.silenceMs, LONGEST_TIMER_MS);
    this.silence ??= setTimeout(() => {
      this.isSilent = true;
      this.terminate();
    }, silenceMs);
    this.silence.refresh();
  }

  /** A shell ends at once; the processes that it started may continue until their time is up. */
  async othersEnded(): Promise<void> {
    if (this.options.isForeign !== true) return;
    while (this.isEnding && !this.isKilled && this.kill(0)) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  }

  /** The leader has ended by itself; nothing waits for processes that it left running. */
  endOthers(): void {
    if (!this.isEnding) this.kill('SIGKILL');
  }

  /** Ends what is left of it, and forgets it. */
  close(): void {
    this.isClosed = true;
    running.delete(this);
    for (const timer of [this.silence, ...this.timers]) clearTimeout(timer);
    this.options.signal.removeEventListener('abort', this.onAbort);
    this.kill('SIGKILL');
  }

  private terminate(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    const { isForeign = false } = this.options;
    this.kill(isForeign ? 'SIGINT' : 'SIGTERM');
    this.kill('SIGCONT'); // a stopped process would not notice any signal but SIGKILL
    this.timers = [
      ...(isForeign ? [setTimeout(() => this.kill('SIGTERM'), TERMINATE_MS)] : []),
      setTimeout(() => this.kill('SIGKILL'), GRACE_MS),
      setTimeout(this.giveUp, GRACE_MS * 2),
    ];
  }

  /** Returns whether any process was left. */
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
