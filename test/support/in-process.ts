import type { Context } from '../../src/cli/context.ts';
import { createOutput } from '../../src/cli/output.ts';
import { runCommand } from '../../src/cli/program.ts';
import { DIRECT_FILES } from '../../src/files/own-files.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { LineWriter } from '../../src/log/line-writer.ts';
import { SILENT_LOG } from '../../src/log/log.ts';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';
import { Doors } from '../../src/work/around.ts';
import { onCleanUp } from './clean-up.ts';
import { recorded } from './recorded.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs command lines in this process, through the context that commands are given; make one in each test. */
export class InProcess {
  private readonly configDir: string;
  private readonly clock: Clock;
  private readonly pool = new FilePool();

  constructor(configDir: string, clock: Clock = systemClock) {
    this.configDir = configDir;
    this.clock = clock;
    onCleanUp(() => this.pool.close());
  }

  async run(...args: readonly string[]): Promise<Ran> {
    const [stdout, stderr] = [recorded(), recorded()];
    const context: Context = {
      ...createOutput(stdout.stream, stderr.stream),
      signals: {
        stop: new AbortController().signal,
        hurry: new AbortController().signal,
        onHangup: () => undefined,
        exitCode: () => 143,
        restore: () => undefined,
      },
      clock: this.clock,
      env: { PATH: process.env['PATH'] },
      pool: this.pool,
      ownFiles: () => DIRECT_FILES,
      ending: { isForced: false },
      isTerminal: false,
      logOutput: new LineWriter(2),
      doors: new Doors(),
      createLog: () => Promise.resolve(SILENT_LOG),
    };
    const code = await runCommand(['--config-dir', this.configDir, ...args], context);
    return { code, stdout: stdout.written.join(''), stderr: stderr.written.join('') };
  }
}
