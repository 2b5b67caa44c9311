import type { LoadResult } from '../config/types.ts';
import { toDocument } from '../report/document.ts';
import { isAbort } from '../runtime/abort.ts';
import { PausedError, SyncdError } from '../runtime/errors.ts';
import type { RestoreCheckReport } from '../work/restore-check/restore-check.ts';
import { requireActing } from './act-as-owner.ts';
import { readConfig } from './configured.ts';
import type { Context } from './context.ts';
import { asExitError, EXIT, ExitError, inOneText } from './exit-error.ts';
import { isRefusal, PausedExit } from './paused-places.ts';
import { askDaemon } from './reach-unit.ts';
import { detailLines } from './render/line.ts';
import { renderRestoreCheck } from './render/restore-check.ts';
import type { Globals } from './run-command.ts';
import { runTask, type Task } from './run-task.ts';
import {
  chooseTargets,
  explainLeftOut,
  printOlderConfiguration,
  requireChoice,
  type Target,
} from './targets.ts';

export interface RestoreCheckCommand extends Globals {
  readonly clients: readonly string[];
  readonly all?: boolean;
  readonly backend?: string;
  readonly snapshot?: string;
  readonly json?: boolean;
}

interface Job {
  readonly context: Context;
  readonly directories: LoadResult['directories'];
  readonly target: Target;
  readonly command: RestoreCheckCommand;
  /** says what comes next */
  readonly say: (text: string) => void;
}

const CODE_OF = { ok: EXIT.ok, failed: EXIT.failed, inconclusive: EXIT.unknown } as const;

/** `restore-check`: one client after the other, in its daemon if one is running. A client that cannot be checked stops no other one. */
export async function restoreCheck(
  context: Context,
  command: RestoreCheckCommand,
): Promise<number> {
  const { configDir, clients: names, json = false } = command;
  requireChoice('check', command);
  const loaded = await readConfig(context, configDir);
  await requireActing(loaded.directories.stateDirectory);
  const { directories } = loaded;
  const chosen = await chooseTargets(loaded, { configDir, names });
  const targets = withPassword(context, chosen, command);
  const results: Result[] = [];
  for (const target of targets) {
    const say = (text: string) => context.err(`${target.name}: ${text}`);
    const result = await tryTarget({ context, directories, target, command, say });
    results.push(result);
    if (!json && !('error' in result))
      for (const line of renderRestoreCheck(target.name, result)) context.out(line);
  }
  if (json) context.json({ schemaVersion: 1, checks: toDocument(results.map(toJson)) });
  const hasAny = explainLeftOut(context, loaded, { names, targets: chosen });
  const codes = results.map((result) => result.exitCode);
  if (codes.includes(EXIT.failed)) return EXIT.failed;
  return Math.max(hasAny ? EXIT.ok : EXIT.failed, ...codes);
}

/** A client that is named must have a password; of all, those without one are left out. */
function withPassword(
  { err }: Context,
  targets: readonly Target[],
  { all = false }: RestoreCheckCommand,
): Target[] {
  return targets.filter((target) => {
    if (!('client' in target) || target.client.source.password !== undefined) return true;
    const { name } = target;
    if (all) {
      err(`${name}: skipped, because the password of its repository is not configured`);
      return false;
    }
    throw new ExitError(
      EXIT.configuration,
      `${name}: the password of its repository is not configured, so nothing can be restored`,
      `add source.password to the configuration of ${name}: see docs/configuration.md`,
    );
  });
}

type Result = { readonly client: string; readonly exitCode: number } & (
  RestoreCheckReport | { readonly error: string }
);

/** The time gets the name that `status` gives it: keys of times end in `At`. */
function toJson({ exitCode: _, ...result }: Result): object {
  if ('error' in result) return result;
  const { at: checkedAt, ...rest } = result;
  return { ...rest, checkedAt };
}

async function tryTarget(job: Job): Promise<Result> {
  const { name: client } = job.target;
  try {
    const report = await checkOne(job);
    return { client, ...report, exitCode: CODE_OF[report.outcome] };
  } catch (error) {
    if (isAbort(error)) throw error;
    const failure = asExitError(error);
    if (failure === undefined) throw error;
    const { err } = job.context;
    err(failure.message.startsWith(client) ? failure.message : `${client}: ${failure.message}`);
    for (const line of detailLines(...failure.details, failure.hint)) err(line);
    return { client, error: inOneText(failure), exitCode: codeOf(failure, job.command) };
  }
}

/** A paused client has no place that can be checked. */
function codeOf(failure: ExitError, { clients, backend }: RestoreCheckCommand): number {
  const given = { isBackendNamed: backend !== undefined, isClientNamed: clients.length > 0 };
  const isAnnounced = failure instanceof PausedExit && !isRefusal(given, true);
  return isAnnounced ? EXIT.ok : failure.exitCode;
}

/** A daemon may run a client whose present configuration is refused. */
async function checkOne(job: Job): Promise<RestoreCheckReport> {
  const { context, directories, target } = job;
  const task = taskOf(job);
  if ('client' in target) return runTask(context, target, task);
  const report = await askDaemon(context, directories, { ...task, client: target.name });
  if (report === undefined) throw target.refusal;
  printOlderConfiguration(context, [target.name], target.refusal);
  return report;
}

function taskOf({ context, command, say }: Job): Task<RestoreCheckReport> {
  const { backend: place, snapshot } = command;
  return {
    noun: 'check',
    request: { verb: 'restore-check', place, snapshot },
    resultIn: (answer) => {
      if (answer.type === 'said') say(answer.text);
      return answer.type === 'restore-checked' ? answer.check : undefined;
    },
    onLeft: () => say('the daemon continues this check; status shows its result'),
    runHere: async (unit) => {
      try {
        return await unit.restoreCheck({ place, snapshot }, say, context.signals.stop);
      } catch (error) {
        if (!(error instanceof SyncdError)) throw error;
        const message = `${unit.name}: ${error.message}`;
        if (error instanceof PausedError) throw new PausedExit(message, error.hint);
        throw new ExitError(EXIT.failed, message, error.hint);
      }
    },
  };
}
