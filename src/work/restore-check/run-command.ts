import type { Log } from '../../log/log.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { describeEnd, isNotRun, runProgram } from '../script/run-program.ts';
import type { RestoreCheckSettings } from './settings.ts';
import type { Fault } from './verdict.ts';

interface Judging {
  readonly client: string;
  readonly place: { readonly name: string };
  readonly snapshot: string;
  readonly settings: Pick<RestoreCheckSettings, 'command' | 'commandDeadlineMs'>;
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Lets the operator's program judge the restored files. Rejects if it could not: a program that cannot run, or was killed, says
 * nothing about the files.
 */
export async function runCommand(options: Judging, target: string): Promise<Fault[]> {
  const { settings, client, place, snapshot, env, log, signal } = options;
  const { command, commandDeadlineMs: deadlineMs } = settings;
  if (command === undefined) return [];
  const [program, ...args] = command;
  const result = await runProgram({
    command: [program, ...args, target],
    log,
    env,
    deadlineMs,
    signal,
    variables: {
      BACKUP_SYNCD_CLIENT: client,
      BACKUP_SYNCD_PLACE: place.name,
      BACKUP_SYNCD_SNAPSHOT: snapshot,
    },
  });
  if (result.exitCode === 0) return [];
  const what = describeEnd(result, deadlineMs);
  if (result.exitCode !== undefined && !isNotRun(result)) return [{ path: program, what }];
  const hint = result.isSilent
    ? 'find out what it waits for, or raise restoreCheck.deadline'
    : 'run restoreCheck.command by hand, as the user of the daemon';
  throw new SyncdError('tool', `${program} ${what}, so it has judged nothing`, hint);
}
