import { fired, withDeadline } from '../runtime/abort.ts';

/** The only code that starts child processes: no shell, an allow-listed environment, a deadline, bounded output. */

const PASSED_ON = ['PATH', 'HOME', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR'] as const;

export interface RunOptions {
  /** milliseconds */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** in addition to the variables that every tool gets */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ToolResult {
  /** undefined if it could not be started, or was stopped */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** its time was up, or the signal fired */
  readonly isGivenUp?: true;
}

/**
 * Runs a program to its end and returns the result; never rejects. When its time is up or the signal fires, it is killed and not
 * waited for, because a process that hangs in a system call cannot be stopped.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  { timeoutMs, signal, env = {} }: RunOptions,
): Promise<ToolResult> {
  const { execa } = await import('execa'); // a pass that needs no tool starts faster without it
  const deadline = withDeadline(signal, timeoutMs);
  const child = execa(file, args, {
    reject: false,
    extendEnv: false,
    env: { ...allowedEnvironment(process.env), ...env },
    stdin: 'ignore',
    cancelSignal: deadline,
    maxBuffer: 1_000_000,
  });
  const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
  return Promise.race([ended, givenUp(deadline)]);
}

async function givenUp(deadline: AbortSignal): Promise<ToolResult> {
  await fired(deadline);
  return { exitCode: undefined, stdout: '', stderr: 'it did not finish in time', isGivenUp: true };
}

export function allowedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
