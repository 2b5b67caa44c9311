import type { Log } from '../../log/log.ts';
import { startChild, startFailure, type ChildResult, type Input } from '../../process/run-child.ts';
import { allowedEnvironment } from '../../process/run-tool.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { formatDuration } from '../../runtime/units.ts';
import { OutputLogger } from './output-logger.ts';

/** The absolute path of the operator's program, and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

export interface ProgramRun {
  readonly command: Command;
  readonly log: Log;
  /** of this process; the program gets an allow-listed part of it, */
  readonly env: NodeJS.ProcessEnv;
  /** and these */
  readonly variables: Readonly<Record<string, string>>;
  readonly input?: Input;
  readonly deadlineMs: number;
  /** called about once a second while it writes */
  readonly onOutput?: () => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the operator's program to its end, and logs its output. Processes that it started end with it. Rejects with an AbortError,
 * or with reason `tool` when a limit of this machine kept it from starting.
 */
export async function runProgram(run: ProgramRun): Promise<ChildResult> {
  const { command, input, signal } = run;
  const [program, ...args] = command;
  const logger = new OutputLogger(run.log, run.onOutput ?? (() => undefined));
  const child = await startChild(program, args, {
    signal,
    silenceMs: run.deadlineMs,
    isForeign: true,
    env: { ...allowedEnvironment(run.env), ...run.variables },
    ...(input !== undefined && { input }),
    onStdout: (chunk) => logger.push('stdout', chunk),
    onStderr: (chunk) => logger.push('stderr', chunk),
  });
  const result = await child.ended;
  logger.end();
  throwIfAborted(signal);
  const obstacle = startFailure(program, result);
  if (obstacle !== undefined) throw obstacle;
  return result;
}

/** Describes how a program ended that did not exit with 0. */
export function describeEnd({ exitCode, isSilent }: ChildResult, deadlineMs: number): string {
  if (isSilent) return `did not finish within ${formatDuration(deadlineMs)} and was killed`;
  if (exitCode === undefined) return 'was killed by a signal';
  return `exited with ${exitCode}${NOT_RUN[exitCode] ?? ''}`;
}

/** Whether it could not run at all, by the exit codes of shells. */
export function isNotRun({ exitCode }: ChildResult): boolean {
  return exitCode !== undefined && NOT_RUN[exitCode] !== undefined;
}

const NOT_RUN: Readonly<Record<number, string>> = {
  126: ': it, or a program that it calls, is not executable',
  127: ': it, or a program that it calls, does not exist',
};
