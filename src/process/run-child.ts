import type { ChildProcess } from 'node:child_process';
import { SyncdError } from '../runtime/errors.ts';
import { limitHint } from '../runtime/errno-hints.ts';
import { errorCode } from '../runtime/system-error.ts';
import { createMark, startSweeper } from './descendants.ts';
import { endedWithParent, groupEndedWithParent } from './parent-death.ts';
import { ProcessGroup, type GroupOptions } from './process-group.ts';

export type Input = string | Uint8Array;

export interface ChildOptions extends GroupOptions {
  /** all of it: nothing is inherited */
  readonly env: Readonly<Record<string, string>>;
  /** written to standard input, which is then closed */
  readonly input?: Input;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

export interface ChildResult {
  /** undefined if it could not be started, or was stopped */
  readonly exitCode: number | undefined;
  /** it was stopped because it gave no sign of life */
  readonly isSilent: boolean;
  /** why it could not be started, such as `EMFILE`; absent when it was */
  readonly notStarted?: string;
}

export interface Child {
  /** a sign of life */
  alive(): void;
  readonly ended: Promise<ChildResult>;
}

/** How long to wait for the output of the operator's program after it has ended, in milliseconds. */
const DRAIN_MS = 1_000;
/** Exit codes for programs that cannot be started, as in a shell. */
const NOT_STARTED = 127;

/**
 * Starts a program in its own process group, which is stopped when the signal fires or it falls silent: SIGTERM, then SIGKILL; for
 * the operator's program, SIGINT first. Processes that the operator's program started end with it, wherever they went. `ended`
 * never rejects, and resolves soon after a SIGKILL even if the process hangs in a system call.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Child> {
  const { execa } = await import('execa');
  const { isForeign = false, onStdout, onStderr, input } = options;
  const prefix = await (isForeign ? groupEndedWithParent() : endedWithParent());
  const mark = createMark();
  startSweeper();
  const [file = command, ...rest] = [...prefix, command, ...args];
  const child = execa(file, rest, {
    reject: false,
    extendEnv: false,
    env: { ...options.env, ...mark.variables },
    detached: true,
    buffer: false,
    encoding: 'buffer',
    stdin: input === undefined ? 'ignore' : 'pipe',
  });
  const group = new ProcessGroup(child.pid, options);
  child.stdout.on('data', onStdout);
  child.stderr.on('data', onStderr);
  feed(child.stdin, input);
  group.alive();
  const left = isForeign ? [leftBehind(child, group)] : [];
  const ended = Promise.race([child, ...left, group.givenUp]).then(async (result) => {
    await group.othersEnded();
    group.close();
    if (isForeign) await mark.endAll();
    return resultOf(result, group);
  });
  return { alive: () => group.alive(), ended };
}

/** How execa reports its end; undefined if nothing waited for that. */
type Ending =
  | {
      readonly exitCode?: number | undefined;
      readonly signal?: string | undefined;
    }
  | undefined;

function resultOf(ending: Ending, { isEnding, isSilent }: ProcessGroup): ChildResult {
  const { exitCode, signal } = ending ?? {};
  const isStarted = ending === undefined || exitCode !== undefined || signal !== undefined;
  const given = isStarted ? exitCode : NOT_STARTED;
  return {
    exitCode: isEnding ? undefined : given,
    isSilent,
    ...(!isStarted && { notStarted: errorCode(ending) }),
  };
}

/** The error if a limit of this process or machine kept a program from starting, which is not the program's fault. */
export function startFailure(
  program: string,
  { notStarted = '' }: ChildResult,
): SyncdError | undefined {
  const hint = notStarted === 'EAGAIN' ? TOO_MANY_PROCESSES : limitHint(notStarted);
  if (hint === undefined) return undefined;
  return new SyncdError('tool', `${program} cannot be started: ${notStarted}`, hint);
}

const TOO_MANY_PROCESSES =
  'there are too many processes or threads: raise TasksMax in the systemd unit, or ulimit -u';

function feed(stdin: NodeJS.WritableStream | null, input: ChildOptions['input']): void {
  if (stdin === null || input === undefined) return;
  stdin.on('error', () => undefined); // it ended without reading all of it; its exit code says why
  stdin.end(input);
}

/** Fires some time after it has ended, because processes that it left running may keep its output open. */
function leftBehind(child: ChildProcess, group: ProcessGroup): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => {
      group.endOthers();
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
      }, DRAIN_MS);
      child.once('close', () => clearTimeout(timer));
    });
  });
}
