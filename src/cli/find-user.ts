import { runTool } from '../process/run-tool.ts';
import type { Owner } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';

const TIMEOUT_MS = 10_000;

/** A user by name or number, whom only root can become. Rejects with an ExitError if there is none, or if this is not root. */
export async function findUser({ signals }: Context, word: string): Promise<Owner> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => {
      const options = { timeoutMs: TIMEOUT_MS, signal: signals.stop };
      const { stdout } = await runTool('id', [which, '--', word], options);
      return /^\d+$/.test(stdout) ? Number(stdout) : undefined;
    }),
  );
  if (uid === undefined || gid === undefined)
    throw new ExitError(EXIT.usage, `this machine has no user ${word}`);
  if (process.geteuid?.() !== 0 && uid !== process.geteuid?.())
    throw new ExitError(
      EXIT.usage,
      'only root can judge what another user may do',
      `run: sudo backup-syncd doctor --as ${word}`,
    );
  return { uid, gid };
}
