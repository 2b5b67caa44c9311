import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { onCleanUp } from './clean-up.ts';
import { waitFor } from './temp.ts';

/** A terminal: a shell that keeps its directory and variables from one block of commands to the next. */
export class Session {
  private readonly shell: ChildProcessWithoutNullStreams;
  private text = '';
  private ended = false;

  /** @param around a command that runs the shell, elsewhere */
  constructor(env: Readonly<Record<string, string>>, cwd: string, around: readonly string[] = []) {
    const [program, ...args] = [...around, 'bash', '-u'];
    this.shell = spawn(program, args, { cwd, env, detached: true });
    for (const stream of [this.shell.stdout, this.shell.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    this.shell.stdin.on('error', () => undefined);
    this.shell.on('exit', () => (this.ended = true));
    onCleanUp(() => this.signal('SIGKILL'));
  }

  /** Types commands, and waits until the last one has ended. `failed` is the exit code of the last one that failed. */
  async type(commands: string): Promise<{ readonly output: string; readonly failed?: number }> {
    const mark = `end-${randomBytes(8).toString('hex')}`;
    const from = this.text.length;
    this.shell.stdin.write(`failed=0; trap 'failed=$?' ERR\n{\n${commands}\n} </dev/null 2>&1\n`);
    this.shell.stdin.write(`echo "${mark} $failed"\n`);
    const end = new RegExp(`${mark} (\\d+)\n`);
    const what = `the end of ${commands}`;
    try {
      await waitFor(() => end.test(this.text.slice(from)), { what, timeoutMs: 180_000 });
    } catch (error) {
      throw new Error(`${String(error)}:\n${this.text.slice(from)}`, { cause: error });
    }
    const answer = this.text.slice(from);
    const failed = Number(end.exec(answer)?.[1]);
    return { output: answer.replace(end, ''), ...(failed !== 0 && { failed }) };
  }

  /** Types commands of which the last one keeps running. */
  start(commands: string): void {
    this.shell.stdin.write(`${commands}\n`);
  }

  /** Everything that was printed. */
  output(): string {
    return this.text;
  }

  isOpen(): boolean {
    return !this.ended;
  }

  /** Presses Ctrl-C, then Ctrl-D: the shell ends when what runs there has ended. */
  leave(): void {
    this.signal('SIGINT');
    this.shell.stdin.end();
  }

  private signal(signal: NodeJS.Signals): void {
    const { pid } = this.shell;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // it has ended
    }
  }
}
