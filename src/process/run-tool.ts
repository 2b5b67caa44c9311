import { execa } from 'execa';

/** The only door to child processes: no shell, an allow-listed environment, a deadline, bounded output. */

const PASSED_ON = ['PATH', 'HOME', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR'] as const;

export interface RunOptions {
  /** milliseconds */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ToolResult {
  /** undefined when it could not be started, or was ended */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and answers how it went; never rejects. */
export async function runTool(
  file: string,
  args: readonly string[],
  { timeoutMs, signal }: RunOptions,
): Promise<ToolResult> {
  const { exitCode, stdout, stderr } = await execa(file, args, {
    reject: false,
    extendEnv: false,
    env: allowedEnvironment(process.env),
    stdin: 'ignore',
    timeout: timeoutMs,
    cancelSignal: signal,
    maxBuffer: 1_000_000,
  });
  return { exitCode, stdout, stderr };
}

export function allowedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
