import type { Log } from '../../log/log.ts';
import { elapsedMs } from '../../runtime/clock.ts';
import { LineSplitter } from '../../runtime/line-splitter.ts';

/** The longest line of a script's output, in bytes, and the most lines that a run logs. */
const LONGEST_LINE = 4_096;
const MOST_LINES = 10_000;
/** How often output counts as a sign of life, in milliseconds, because some scripts write without a pause. */
const ALIVE_MS = 1_000;

type Stream = 'stdout' | 'stderr';

/** Logs the output of a script, line by line, up to a limit. Further output costs almost nothing. */
export class OutputLogger {
  private readonly splitters: Readonly<Record<Stream, LineSplitter>>;
  private readonly log: Log;
  private readonly onOutput: () => void;
  private readonly elapsed: () => number;
  private count = 0;
  private toldAt = -Infinity;

  /** @param elapsed milliseconds by a clock that is never set */
  constructor(log: Log, onOutput: () => void, elapsed = elapsedMs) {
    this.log = log;
    this.elapsed = elapsed;
    this.onOutput = onOutput;
    const splitter = (stream: Stream) =>
      new LineSplitter((line) => this.say(stream, line), LONGEST_LINE);
    this.splitters = { stdout: splitter('stdout'), stderr: splitter('stderr') };
  }

  push(stream: Stream, chunk: Buffer): void {
    const now = this.elapsed();
    if (now - this.toldAt >= ALIVE_MS) {
      this.toldAt = now;
      this.onOutput();
    }
    if (this.count < MOST_LINES) this.splitters[stream].push(chunk);
  }

  end(): void {
    this.splitters.stdout.end();
    this.splitters.stderr.end();
  }

  private say(stream: Stream, line: string): void {
    this.count += 1;
    if (this.count <= MOST_LINES) this.log.info({ stream }, line.trimEnd());
    if (this.count === MOST_LINES)
      this.log.warn(
        {},
        `the script has written ${MOST_LINES} lines; the rest of this run is not logged`,
      );
  }
}
