import type { SharedPrograms } from '../work/around.ts';
import type { LineWriter } from '../log/line-writer.ts';
import type { Log, LogLevel } from '../log/log.ts';
import type { OwnFiles } from '../files/own-files.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FilePool } from '../locations/directory/io/file-pool.ts';
import type { Output } from './output.ts';
import type { Signals } from './signals.ts';

/** Everything a command gets. Nothing below uses the process directly. */
export interface Context extends Output {
  readonly signals: Signals;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** file threads; the process cannot end normally while one of them is stuck */
  readonly pool: FilePool;
  /** the files of one of our own directories; always the same object for the same directory */
  readonly ownFiles: (directory: string) => OwnFiles;
  /** `isForced`: something that cannot be stopped is still running, so the process ends itself with a signal */
  readonly ending: { isForced: boolean };
  readonly isTerminal: boolean;
  /** where log lines go: standard error */
  readonly logOutput: LineWriter;
  /** the programs that mount and release backends around the passes of all clients of this process */
  readonly sharedPrograms: SharedPrograms;
  readonly createLog: (level?: LogLevel) => Promise<Log>;
}
