import {
  haveAllChecked,
  isAnyAlive,
  noteProgress,
  type LastProgress,
  type LoopProgress,
} from '../client/loop-progress.ts';
import type { Log } from '../log/log.ts';
import { notifySocketOf, notifySystemd, type NotifySocket } from '../process/systemd-notify.ts';
import type { Clock } from '../runtime/clock.ts';
import { Wakeup } from '../runtime/wakeup.ts';

interface ServiceOptions {
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  readonly loops: () => readonly LoopProgress[];
  readonly clock: Clock;
  readonly log: Log;
  /** for tests */
  readonly notify?: typeof notifySystemd;
}

/** How often to check whether all loops have checked their source, in milliseconds. */
const CHECK_MS = 100;
/** How long to wait after a message that could not be sent, in milliseconds. */
const RETRY_MS = 5_000;
const DEADLINE_MS = 10_000;
/** A stop does not wait longer for it, in milliseconds. */
const STOPPING_DEADLINE_MS = 2_000;

/** Tells systemd that the daemon is ready, that its loops are alive, and that it stops. Does nothing if systemd does not listen. */
export class SystemdService {
  private readonly options: ServiceOptions;
  private readonly socket: NotifySocket | undefined;
  private readonly notify: typeof notifySystemd;
  private readonly wakeup = new Wakeup();
  private last: LastProgress = new Map();
  private isFailing = false;
  private isWithheld = false;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.socket = notifySocketOf(options.env, options.pid);
    this.notify = options.notify ?? notifySystemd;
  }

  /** Runs until the signal fires; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.socket === undefined) return;
    await this.becomeReady(this.socket, signal);
    const { watchdogMs } = this.socket;
    while (watchdogMs !== undefined && !signal.aborted) {
      const usualMs = watchdogMs / 3; // leaves time to try again
      const isSent = await this.feed(this.socket, signal);
      await this.wakeup.waitUpTo(isSent ? usualMs : Math.min(RETRY_MS, usualMs), signal);
    }
  }

  /** Tells systemd that the daemon is stopping. */
  async stopping(): Promise<void> {
    const { signal } = new AbortController();
    const options = { timeoutMs: STOPPING_DEADLINE_MS, signal };
    if (this.socket !== undefined) this.note(await this.notify(this.socket, 'STOPPING=1', options));
  }

  private async becomeReady(socket: NotifySocket, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isReady = haveAllChecked(this.options.loops());
      if (isReady && (await this.tell(socket, 'READY=1', signal))) return;
      await this.wakeup.waitUpTo(isReady ? RETRY_MS : CHECK_MS, signal);
    }
  }

  /** That this runs at all shows that the event loop is not blocked. False if a message could not be sent. */
  private async feed(socket: NotifySocket, signal: AbortSignal): Promise<boolean> {
    const loops = this.options.loops();
    const now = this.options.clock.elapsedMs();
    this.last = noteProgress(this.last, loops, now);
    const wasWithheld = this.isWithheld;
    this.isWithheld = !isAnyAlive(this.last, loops, now);
    if (!this.isWithheld) return this.tell(socket, 'WATCHDOG=1', signal);
    if (!wasWithheld) this.options.log.error({}, STALLED);
    return true;
  }

  private async tell(socket: NotifySocket, message: string, signal: AbortSignal): Promise<boolean> {
    const problem = await this.notify(socket, message, { timeoutMs: DEADLINE_MS, signal });
    if (!signal.aborted) this.note(problem);
    return problem === undefined;
  }

  /** Logs the first failure, and that it is over. */
  private note(problem: string | undefined): void {
    const { log } = this.options;
    const isNews = this.isFailing !== (problem !== undefined);
    this.isFailing = problem !== undefined;
    if (!isNews) return;
    if (problem === undefined) log.info({}, 'systemd is notified again (recovered)');
    else log.warn({ hint: HINT }, `cannot notify systemd: ${problem}`);
  }
}

const STALLED =
  'no client has checked its source lately, and none is waiting for it: systemd will restart this daemon';
const HINT =
  'systemd-notify, which is part of systemd, must be on the PATH of the daemon; the unit needs NotifyAccess=all';
