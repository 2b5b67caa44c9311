import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UnavailableError } from '../runtime/errors.ts';
import { describeUser, userWord } from '../runtime/users.ts';
import { runTool } from './run-tool.ts';

/** A user and a group, by number. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Ran {
  /** as a shell reports it */
  readonly exitCode: number;
  /** empty unless it was asked for */
  readonly stdout: string;
}

/** How long the test of setpriv may take, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Runs this program with other arguments as another user, to its end, with the input, the output and the environment of this
 * process; only for root. It ends with this process.
 *
 * @param args of the program
 * @param env besides that of this process
 * @throws an UnavailableError if setpriv of util-linux is missing
 */
export async function runAs(
  user: User,
  args: readonly string[],
  { env, isRead = false }: { readonly env: NodeJS.ProcessEnv; readonly isRead?: boolean },
): Promise<Ran> {
  const [, script = ''] = process.argv;
  const program = [process.execPath, ...process.execArgv, script, ...args];
  const child = spawn('setpriv', [...(await optionsFor(user)), ...program], {
    env: { ...process.env, ...env },
    stdio: ['inherit', isRead ? 'pipe' : 'inherit', 'inherit'],
  });
  const passOn = () => child.kill('SIGTERM'); // a terminal sends the others to both
  process.once('SIGTERM', passOn);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({
          exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
          stdout,
        }),
      );
    });
  } finally {
    process.removeListener('SIGTERM', passOn);
  }
}

/** The options of setpriv. A user without a name has no other groups. */
async function optionsFor({ uid, gid }: User): Promise<string[]> {
  const { signal } = new AbortController();
  const ids = ['--reuid', String(uid), '--regid', String(gid)];
  for (const groups of ['--init-groups', '--clear-groups']) {
    const options = [...ids, groups, '--pdeathsig', 'TERM', '--'];
    const run = { timeoutMs: TIMEOUT_MS, signal };
    const { exitCode } = await runTool('setpriv', [...options, 'true'], run);
    if (exitCode === 0) return options;
  }
  throw new UnavailableError(
    'unavailable',
    `this Node.js cannot become ${describeUser(uid)}, and there is no setpriv of util-linux, which can`,
    `run the command as that user, e.g. with sudo -u ${userWord(uid)}, or install util-linux`,
  );
}
