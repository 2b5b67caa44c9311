import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { toDocument } from '../report/document.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { ClientReport } from '../report/types.ts';
import { isAway } from '../report/recent-passes.ts';
import { isAbort } from '../runtime/abort.ts';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import { requireActing } from './act-as-owner.ts';
import { askClient, askItsDaemon, type Answered, type Job, type LongTask } from './ask-client.ts';
import { readConfig } from './configured.ts';
import type { Context } from './context.ts';
import { asExitError, EXIT, ExitError } from './exit-error.ts';
import { isRefusal, type Named } from './paused-places.ts';
import { detailLines } from './render/line.ts';
import { createProgressView } from './render/progress.ts';
import { renderSync } from './render/sync.ts';
import type { Globals } from './run-command.ts';
import { unlessHurried } from './signals.ts';
import {
  chooseTargets,
  explainLeftOut,
  printOlderConfiguration,
  requireChoice,
  type Target,
} from './targets.ts';

export interface SyncOptions extends Globals {
  readonly clients: readonly string[];
  readonly all?: boolean;
  readonly backend?: readonly string[];
  readonly json?: boolean;
}

/** Clients that are synced at the same time. */
const AT_ONCE = 4;

/** `sync`: one pass now. */
export async function sync(context: Context, options: SyncOptions): Promise<number> {
  requireChoice('sync', options);
  const loaded = await readConfig(context, options.configDir);
  await requireActing(loaded.directories.stateDirectory);
  const { config, directories } = loaded;
  const { configDir, clients: names, backend: backends, logLevel } = options;
  const targets = await chooseTargets(loaded, { configDir, names, backends });
  const view = createProgressView(context, options.json === true);
  const isBackendNamed = backends !== undefined;
  const transfers = new TransferQueue(config?.limits);
  const job: Job = { context, logLevel, view, directories, transfers };
  const task = syncOf(backends, context.signals.stop);
  const work = eachAtOnce(targets, AT_ONCE, (target) => tryTarget(job, target, task));
  const results = await unlessHurried(work, context.signals);
  view.end();
  if (options.json === true) context.json(toJson(results));
  else
    for (const line of results.flatMap((result) => render(result, isBackendNamed)))
      context.out(line);
  const hasAny = explainLeftOut(context, loaded, { names, targets });
  printRefused(context, results, options.all === true);
  return Math.max(
    hasAny ? EXIT.ok : EXIT.failed,
    ...results.map((result) =>
      exitCodeOf(result, { isBackendNamed, isClientNamed: names.length > 0 }),
    ),
  );
}

/** The result of one client's pass: its report afterwards, and one report per backend. */
interface ClientSync {
  readonly report: ClientReport;
  readonly syncs: readonly SyncReport[];
}

type SyncTask = LongTask<readonly SyncReport[]>;

function syncOf(backends: readonly string[] | undefined, signal: AbortSignal): SyncTask {
  return {
    noun: 'sync',
    request: { verb: 'sync', backends },
    resultIn: (answer) => (answer.type === 'synced' ? answer.reports : undefined),
    runHere: (unit) => unit.sync(signal, backends),
  };
}

function toSync({ report, result: syncs }: Answered<readonly SyncReport[]>): ClientSync {
  return { report, syncs };
}

/**
 * A client whose configuration is refused is synced by a daemon that uses an older one, or skipped; both are reported. Rejects
 * with the refusal of a client that was named and skipped.
 */
function printRefused(context: Context, results: readonly Result[], isAll: boolean): void {
  const refused = results.flatMap((result) => ('refusal' in result ? [result] : []));
  const synced = refused.flatMap((result) => ('syncs' in result ? [result] : []));
  const leftOut = refused.flatMap((result) => ('syncs' in result ? [] : [result]));
  for (const refusal of new Set(synced.map((each) => each.refusal))) {
    const those = synced.filter((each) => each.refusal === refusal);
    const names = those.map(({ report }) => report.client);
    printOlderConfiguration(context, names, refusal);
  }
  for (const { client, refusal } of leftOut) {
    if (!isAll) throw refusal;
    context.err(`${client}: skipped, because its configuration was refused:`);
    for (const detail of refusal.details) context.err(`  ${detail}`);
  }
}

/** A client that cannot be synced does not keep others from it. */
async function tryTarget(job: Job, target: Target, task: SyncTask): Promise<Result> {
  const { name: client } = target;
  try {
    if ('client' in target) return toSync(await askClient(job, target, task));
    const { refusal } = target;
    const done = await askItsDaemon(job, client, task);
    return done === undefined ? { client, refusal } : { ...toSync(done), refusal };
  } catch (error) {
    if (isAbort(error)) throw error;
    const {
      exitCode = EXIT.failed,
      message,
      hint,
    } = asExitError(error) ?? (error as Partial<ExitError> & Error);
    return { client, exitCode, message, hint };
  }
}

function render(result: Result, isBackendNamed: boolean): string[] {
  if ('syncs' in result) return renderSync(result, isBackendNamed);
  if ('refusal' in result) return [];
  return [`${result.client}: FAILED: ${result.message}`, ...detailLines(result.hint)];
}

function toJson(results: readonly Result[]): unknown {
  const clients = results.map((result) => {
    if ('syncs' in result) return { client: result.report.client, syncs: toDocument(result.syncs) };
    const error = 'refusal' in result ? 'its configuration was refused' : result.message;
    return { client: result.client, error };
  });
  return { schemaVersion: 1, clients };
}

function exitCodeOf(result: Result, named: Named): number {
  if ('refusal' in result) return EXIT.failed;
  if (!('syncs' in result)) return result.exitCode;
  const isGoodSync = isGood(result, named.isBackendNamed) && !isRefused(result, named);
  return isGoodSync ? EXIT.ok : EXIT.failed;
}

function isRefused({ syncs }: ClientSync, named: Named): boolean {
  const paused = syncs.filter(({ outcome }) => outcome === 'paused');
  return paused.length > 0 && isRefusal(named, paused.length === syncs.length);
}

interface Failure {
  readonly client: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The daemon of this client uses an older configuration. */
interface SyncedAsBefore extends ClientSync {
  readonly refusal: ExitError;
}

interface LeftOut {
  readonly client: string;
  readonly refusal: ExitError;
}

type Result = ClientSync | SyncedAsBefore | LeftOut | Failure;

/** A disk that is allowed to be away is not a failure unless the user named it. */
function isGood({ report, syncs }: ClientSync, isBackendNamed: boolean): boolean {
  const isSourceGood = report.source.state === 'ok';
  const isBad = ({ outcome }: SyncReport) => outcome === 'failed' || outcome === 'cancelled';
  const bad = syncs.filter((sync) => isBad(sync) && (isBackendNamed || !isAway(report, sync)));
  return isSourceGood && bad.length === 0;
}
