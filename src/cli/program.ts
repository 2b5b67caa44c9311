import { SharedPrograms } from '../work/around.ts';
import { Command, CommanderError, Option } from 'commander';
import { OwnThreads } from '../files/own-threads.ts';
import { FilePool } from '../locations/directory/io/file-pool.ts';
import { LineWriter } from '../log/line-writer.ts';
import { LOG_LEVELS, SILENT_LOG, type LogLevel } from '../log/log.ts';
import { killAllChildren } from '../process/process-group.ts';
import { isAbort } from '../runtime/abort.ts';
import { systemClock } from '../runtime/clock.ts';
import { SyncdError } from '../runtime/errors.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { haveOwnCallsReturned } from '../runtime/last-calls.ts';
import { packageVersion } from '../runtime/package-files.ts';
import type { Context } from './context.ts';
import { addCommands } from './commands.ts';
import { RanAsOwner } from './act-as-owner.ts';
import { asExitError, EXIT, type ExitError } from './exit-error.ts';
import { detailLines } from './render/line.ts';
import { pluginLine } from './render/plugin.ts';
import { addHelp } from './help-command.ts';
import { helpText, type Example } from './help-text.ts';
import type { Run } from './run-command.ts';
import { createOutput } from './output.ts';
import type { Signals } from './signals.ts';

export interface Ending {
  readonly exitCode: number;
  /** a thread is stuck in a system call (a dead mount, a log that is not read), or something else cannot be stopped */
  readonly mayHang: boolean;
}

/** Runs one command line to its end. Never rejects. */
export async function runProgram(argv: readonly string[], signals: Signals): Promise<Ending> {
  const pool = new FilePool();
  const threads = new OwnThreads();
  const logOutput = new LineWriter(STANDARD_ERROR);
  const context = systemContext(signals, { pool, threads, logOutput });
  let exitCode = await runCommand(argv, context);
  if (exitCode === INTERRUPTED) exitCode = signals.exitCode();
  const closed = await Promise.all([pool.close(), threads.close()]);
  killAllChildren();
  await context.flush(signals.stop, LAST_LINES_MS);
  const isLogged = await logOutput.drain(LAST_LINES_MS);
  const isStuck = !closed.every(Boolean) || !isLogged || !(await haveOwnCallsReturned());
  return { exitCode, mayHang: isStuck || context.ending.isForced };
}

const STANDARD_ERROR = 2;
/** How long the last lines may take, in milliseconds, before a process that must end does so without them. */
const LAST_LINES_MS = 1_000;

/** The answer of `runCommand` when a signal ended the command. */
const INTERRUPTED = -1;

/** Runs one command line in a context. Never rejects. */
export async function runCommand(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.ok;
  const run: Run = async (action) => {
    exitCode = await action(context, program.opts());
  };
  const program = createProgram(run, context);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const exitCode = explain(error, context);
    return exitCode !== EXIT.ok && isPlugin(argv) ? printUnknown(error, context) : exitCode;
  }
}

/** An invalid command line is refused before its command is known. */
function isPlugin(argv: readonly string[]): boolean {
  return argv.includes('status') && argv.includes('--plugin');
}

function printUnknown(error: unknown, { out }: Context): number {
  out(pluginLine('unknown', errorMessage(error)));
  return EXIT.unknown;
}

const FIRST_COMMANDS: readonly Example[] = [
  ['demo', 'see it work, with nothing set up'],
  ['client add ahost --source /srv/ahost', 'add the first client'],
  ['run', 'replicate, until Ctrl-C'],
  ['status', 'what is wrong, and what to do'],
];

export function createProgram(run: Run, { err }: Pick<Context, 'err'>): Command {
  const program = new Command('backup-syncd')
    .description(
      'Copies every new restic snapshot to every storage backend, proves that the copy is complete, and tells Prometheus how old the newest usable snapshot is in every place.',
    )
    .version(packageVersion())
    .addOption(
      new Option('--config-dir <directory>', 'where backup-syncd.yaml and clients/ are')
        .env('BACKUP_SYNCD_CONFIG_DIR')
        .default('/etc/backup-syncd'),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log to standard error')
        .env('BACKUP_SYNCD_LOG_LEVEL')
        .choices(LOG_LEVELS),
    )
    .addHelpText('after', helpText(FIRST_COMMANDS))
    .showHelpAfterError('(for all commands, run: backup-syncd --help)')
    .configureOutput({ writeErr: (text) => printErrorLines(err, text.trimEnd()) })
    .exitOverride();
  addCommands(program, run);
  addHelp(program);
  return program;
}

function explain(error: unknown, { err, signals }: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof RanAsOwner) return error.exitCode;
  if (isAbort(error) && signals.stop.aborted) return INTERRUPTED;
  const { message, stack = message } = error as Error;
  if (error instanceof SyncdError) return printError(err, EXIT.failed, error);
  const exit = asExitError(error);
  if (exit !== undefined) return printError(err, exit.exitCode, exit);
  printErrorLines(err, `backup-syncd: ${stack}`);
  return EXIT.failed;
}

function printError(
  err: Context['err'],
  exitCode: number,
  { message, details = [], hint }: Pick<ExitError, 'message' | 'hint'> & Partial<ExitError>,
): number {
  err(`backup-syncd: ${message}`);
  for (const line of detailLines(...details, hint)) err(line);
  return exitCode;
}

/** Writes a text whose lines are all our own. */
function printErrorLines(err: Context['err'], text: string): void {
  for (const line of text.split('\n')) err(line);
}

function systemContext(
  signals: Signals,
  {
    pool,
    threads,
    logOutput,
  }: Pick<Context, 'pool' | 'logOutput'> & { readonly threads: OwnThreads },
): Context {
  const { env, stdout, stderr } = process;
  return {
    signals,
    pool,
    logOutput,
    ending: { isForced: false },
    sharedPrograms: new SharedPrograms(),
    ownFiles: (directory) => threads.of(directory),
    env,
    clock: systemClock,
    ...createOutput(stdout, stderr),
    isTerminal: stderr.isTTY,
    createLog: async (level) => {
      const fromEnv = env['BACKUP_SYNCD_LOG_LEVEL'] as LogLevel | undefined;
      const chosen = level ?? fromEnv ?? 'info';
      if (chosen === 'silent') return SILENT_LOG;
      const { createLog } = await import('../log/pino-log.ts');
      return createLog({
        level: chosen,
        pretty: stderr.isTTY,
        output: logOutput,
        now: () => systemClock.now(),
      });
    },
  };
}
