import { spawn, type ChildProcess } from 'node:child_process';
import { onCleanUp } from './clean-up.ts';
import { waitFor } from './temp.ts';

export type ProcessOptions = {
  readonly cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
};

type ProcessExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type ProcessResult = ProcessExit & { readonly stdout: string; readonly stderr: string };

export type RunningProcess = {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  stdout(): string;
  stderr(): string;
  /** Both, in the order in which they came. */
  output(): string;
  /** The first line of the output, past or to come, that matches. Fails at once when the process ends without it. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** To the process alone; its group (itself and all its children) with `killGroup`. */
  kill(signal: NodeJS.Signals): void;
  killGroup(signal: NodeJS.Signals): void;
  /** SIGTERM, and after `graceMs` SIGKILL to its group; resolves when it has ended. */
  stop(graceMs?: number): Promise<ProcessExit>;
};

/** Starts a program in a process group of its own, all of which is killed when the test is over. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const texts = collectOutput(child);
  let ended: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (exit: ProcessExit): void => resolve((ended ??= exit));
    child.on('error', (error) => {
      texts.stderr += `${command}: ${error.message}\n`;
      texts.output += `${command}: ${error.message}\n`;
      end({ code: 127, signal: null });
    });
    child.on('close', (code, signal) => end({ code, signal }));
    // A grandchild may keep the pipes open for ever.
    child.on('exit', (code, signal) => setTimeout(end, 1000, { code, signal }).unref());
  });
  const pid = child.pid ?? -1;
  const killGroup = (signal: NodeJS.Signals): void => sendSignal(-pid, signal);
  onCleanUp(async () => {
    killGroup('SIGKILL');
    if (ended === undefined) await within(exited, 5000);
  });
  return {
    pid,
    exited,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    output: () => texts.output,
    kill(signal) {
      if (ended === undefined) sendSignal(pid, signal);
    },
    killGroup,
    async waitForLine(pattern, timeoutMs = 120_000) {
      const find = (): string | undefined =>
        texts.output.split('\n').find((line) => pattern.test(line));
      const what = `${command} to print ${String(pattern)}`;
      try {
        await waitFor(() => find() !== undefined || ended !== undefined, { what, timeoutMs });
      } catch (error) {
        throw new Error(`${String(error)}; its output:\n${texts.output}`, { cause: error });
      }
      const line = find();
      if (line !== undefined) return line;
      throw new Error(`${command} ended without printing ${String(pattern)}:\n${texts.output}`);
    },
    async stop(graceMs = 10_000) {
      if (ended === undefined) sendSignal(pid, 'SIGTERM');
      const exit = await within(exited, graceMs);
      killGroup('SIGKILL');
      return exit ?? exited;
    },
  };
}

/** Runs a program to its end. Does not throw for what it answers, only when it takes too long. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { timeoutMs = 180_000, ...options }: ProcessOptions & { readonly timeoutMs?: number } = {},
): Promise<ProcessResult> {
  const running = startProcess(command, args, options);
  const exit = await within(running.exited, timeoutMs);
  running.killGroup('SIGKILL');
  if (exit !== undefined) return { ...exit, stdout: running.stdout(), stderr: running.stderr() };
  throw new Error(`${command} ${args.join(' ')} took over ${timeoutMs} ms:\n${running.output()}`);
}

function collectOutput(child: ChildProcess): { stdout: string; stderr: string; output: string } {
  const texts = { stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      texts.output += text;
    });
  }
  return texts;
}

/** Without variables for jest, and those that would make restic and rclone depend on the user. */
function childEnvironment(env: ProcessOptions['env'] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(RESTIC_|RCLONE_|AWS_|JEST_|NODE_OPTIONS$|NODE_NO_WARNINGS$|NODE_ENV$)/.test(name),
  );
  return Object.fromEntries([...inherited, ...Object.entries(env)]);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  if (Math.abs(pid) <= 1) return; // never started
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

/** The result of a promise, or undefined when it takes longer. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
