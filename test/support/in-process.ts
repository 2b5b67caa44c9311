import type { Context } from '../../src/cli/context.ts';
import { createOutput } from '../../src/cli/output.ts';
import { runCommand } from '../../src/cli/program.ts';
import { DIRECT_FILES } from '../../src/files/own-files.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { LineWriter } from '../../src/log/line-writer.ts';
import { SILENT_LOG, type Log } from '../../src/log/log.ts';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';
import { SharedPrograms } from '../../src/work/around.ts';
import { onCleanUp } from './clean-up.ts';
import { recorded } from './recorded.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A daemon in this process. */
export interface RunningDaemon {
  readonly url: string;
  /** as SIGTERM does; returns its exit code and output */
  readonly stop: () => Promise<Ran>;
}

/** Runs command lines in this process, through the context that commands are given; make one in each test. */
export class InProcess {
  private readonly configDir: string;
  private readonly clock: Clock;
  private readonly env: NodeJS.ProcessEnv;
  private readonly pool = new FilePool();

  /** @param env beside PATH */
  constructor(configDir: string, clock: Clock = systemClock, env: NodeJS.ProcessEnv = {}) {
    this.configDir = configDir;
    this.clock = clock;
    this.env = env;
    onCleanUp(() => this.pool.close());
  }

  async run(...args: readonly string[]): Promise<Ran> {
    return this.begin(args, { stop: new AbortController().signal, log: SILENT_LOG });
  }

  /** A daemon in this process, once it listens; it stops when the test is over. */
  async daemon(...args: readonly string[]): Promise<RunningDaemon> {
    const stop = new AbortController();
    let listens: (url: string) => void = () => undefined;
    const listening = new Promise<string>((resolve) => (listens = resolve));
    const info = ({ url }: { readonly url?: unknown }): void => {
      if (typeof url === 'string') listens(url);
    };
    const log = { ...SILENT_LOG, info, child: () => SILENT_LOG };
    const ended = this.begin(['run', ...args], { stop: stop.signal, log });
    const stopNow = async (): Promise<Ran> => {
      stop.abort();
      return ended;
    };
    onCleanUp(async () => {
      await stopNow();
    });
    const failed = ended.then(({ code, stderr }) => {
      throw new Error(`run: ${code}\n${stderr}`);
    });
    return { url: await Promise.race([listening, failed]), stop: stopNow };
  }

  private async begin(
    args: readonly string[],
    { stop, log }: { readonly stop: AbortSignal; readonly log: Log },
  ): Promise<Ran> {
    const [stdout, stderr] = [recorded(), recorded()];
    const context: Context = {
      ...createOutput(stdout.stream, stderr.stream),
      signals: {
        stop,
        hurry: new AbortController().signal,
        onHangup: () => undefined,
        exitCode: () => 143,
        restore: () => undefined,
      },
      clock: this.clock,
      env: { PATH: process.env['PATH'], ...this.env },
      pool: this.pool,
      ownFiles: () => DIRECT_FILES,
      ending: { isForced: false },
      isTerminal: false,
      logOutput: new LineWriter(2),
      sharedPrograms: new SharedPrograms(),
      createLog: () => Promise.resolve(log),
    };
    const code = await runCommand(['--config-dir', this.configDir, ...args], context);
    return { code, stdout: stdout.written.join(''), stderr: stderr.written.join('') };
  }
}
