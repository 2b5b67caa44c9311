import { startChild, startFailure } from '../process/run-child.ts';
import { allowedEnvironment } from '../process/run-tool.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import { formatDuration } from '../runtime/units.ts';
import { ResticError } from './errors.ts';

/** The source of a repository's password, never the password itself. */
export type PasswordSource =
  | { readonly file: string }
  /** the name of a variable in the environment of this process */
  | { readonly env: string }
  /** a program that prints it */
  | { readonly command: readonly [program: string, ...args: string[]] };

/** The variables that give restic the password: a secret, unless it comes from a file. */
export type PasswordVariables = Readonly<Record<string, string>>;

interface Options {
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 30_000;
/** The longest password, in bytes. */
const LONGEST = 64 * 1024;

/**
 * How a restic process gets the password: the path of its file, or the password in its environment. Never in its arguments. Rejects
 * with the problem `password` if there is none. A file is opened by restic alone, so one on a mount that hangs holds only restic.
 */
export async function passwordVariables(
  source: PasswordSource,
  options: Options,
): Promise<PasswordVariables> {
  if ('file' in source) return { RESTIC_PASSWORD_FILE: source.file };
  if ('command' in source) return { RESTIC_PASSWORD: await askProgram(source.command, options) };
  const password = options.env[source.env];
  if (password !== undefined && password !== '') return { RESTIC_PASSWORD: password };
  throw noPassword(
    `the environment variable ${source.env} is not set`,
    'set it in the environment of the daemon, e.g. with EnvironmentFile= in its unit, or name a file with source.password',
  );
}

/**
 * Runs a program and returns its output without the spaces around it, as restic does with `--password-command`. None of its output
 * is logged.
 */
async function askProgram(
  [program, ...args]: readonly [string, ...string[]],
  { env, signal }: Options,
): Promise<string> {
  throwIfAborted(signal);
  const chunks: Buffer[] = [];
  let size = 0;
  const child = await startChild(program, args, {
    signal,
    silenceMs: DEADLINE_MS,
    isForeign: true,
    env: allowedEnvironment(env),
    onStdout: (chunk) => {
      size += chunk.length;
      if (size <= LONGEST) chunks.push(chunk);
    },
    onStderr: () => undefined,
  });
  const ended = await child.ended;
  throwIfAborted(signal);
  const obstacle = startFailure(program, ended);
  if (obstacle !== undefined) throw obstacle;
  const password = Buffer.concat(chunks).toString('utf8').trim();
  if (ended.exitCode === 0 && password !== '' && size <= LONGEST) return password;
  throw noPassword(`${program} ${describeFailure(ended, size)}`, RUN_BY_HAND);
}

const RUN_BY_HAND =
  'run the program of source.password by hand, as the user of the daemon; it must print the password, and nothing else, within half a minute';

function describeFailure(
  { exitCode, isSilent }: { readonly exitCode: number | undefined; readonly isSilent: boolean },
  size: number,
): string {
  if (isSilent) return `did not print the password within ${formatDuration(DEADLINE_MS)}`;
  if (exitCode === 127) return 'does not exist, or cannot be run';
  if (exitCode !== 0) return `exited with ${exitCode ?? 'a signal'}, and should print the password`;
  return size > LONGEST ? 'printed more than a password' : 'printed no password';
}

function noPassword(message: string, hint: string): ResticError {
  return new ResticError('password', message, hint);
}
