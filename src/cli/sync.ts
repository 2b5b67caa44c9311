import { TransferQueue } from '../client/transfers/transfer-queue.ts';
import { formatProblem } from '../config/problem.ts';
import type { ClientConfig } from '../config/types.ts';
import type { LogLevel } from '../log/log.ts';
import { toDocument } from '../report/document.ts';
import { isAway, type SyncReport } from '../report/sync-report.ts';
import { abortError, fired, isAbort } from '../runtime/abort.ts';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { chooseClients, requireBackend, requireConfig, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { createProgressView } from './render/progress.ts';
import { renderSync } from './render/sync.ts';
import { syncClient, type ClientSync, type Job } from './sync-client.ts';

export interface SyncOptions {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
  readonly clients: readonly string[];
  readonly all?: boolean;
  readonly backend?: readonly string[];
  readonly json?: boolean;
}

/** Clients that are synced at the same time. */
const AT_ONCE = 4;
/** `sync`: one pass now. */
export async function sync(context: Context, options: SyncOptions): Promise<number> {
  if (options.clients.length === 0 && options.all !== true) {
    throw new ExitError(EXIT.usage, 'name the clients to sync, or give --all');
  }
  const configured = await requireConfig(context, options.configDir);
  const clients = chooseClients(configured, options.clients);
  for (const client of clients) options.backend?.forEach((name) => requireBackend(client, name));
  const view = createProgressView(context, options.json === true);
  const { backend: backends, logLevel } = options;
  const isAsked = backends !== undefined;
  const { config } = configured;
  const transfers = new TransferQueue(config.limits);
  const job: Job = { context, backends, logLevel, view, config, transfers };
  const work = eachAtOnce(clients, AT_ONCE, (client) => tryClient(job, client));
  const results = await Promise.race([work, hurried(context)]);
  view.end();
  if (options.json === true) context.json(toJson(results));
  else for (const line of results.flatMap((result) => render(result, isAsked))) context.out(line);
  const isWhole = options.all !== true || sayLeftOut(context, configured);
  return Math.max(
    isWhole ? EXIT.ok : EXIT.failed,
    ...results.map((result) => exitCodeOf(result, isAsked)),
  );
}

/** With --all, what is refused or not there is left out, but not in silence; answers whether that is nothing. */
function sayLeftOut(context: Context, { config, loaded }: Configured): boolean {
  const { clientProblems } = loaded;
  for (const [client, problems] of clientProblems) {
    context.err(`${client}: left out, its configuration is refused:`);
    for (const problem of problems) context.err(`  ${formatProblem(problem)}`);
  }
  if (config.clients.length + clientProblems.size > 0) return clientProblems.size === 0;
  context.err(`no client is configured: write a file for each into ${config.directory}/clients/`);
  return false;
}

/** One client that cannot be synced keeps no other from it. */
async function tryClient(job: Job, client: ClientConfig): Promise<Result> {
  try {
    return await syncClient(job, client);
  } catch (error) {
    if (isAbort(error)) throw error;
    const { exitCode = EXIT.failed, message, hint } = error as Partial<ExitError> & Error;
    return { client: client.name, exitCode, message, hint };
  }
}

function render(result: Result, isAsked: boolean): string[] {
  if ('syncs' in result) return renderSync(result, isAsked);
  const hint = result.hint === undefined ? [] : [`  ${result.hint}`];
  return [`${result.client}: FAILED: ${result.message}`, ...hint];
}

function toJson(results: readonly Result[]): unknown {
  const clients = results.map((result) =>
    'syncs' in result
      ? { client: result.report.client, syncs: toDocument(result.syncs) }
      : { client: result.client, error: result.message },
  );
  return { schemaVersion: 1, clients };
}

function exitCodeOf(result: Result, isAsked: boolean): number {
  if (!('syncs' in result)) return result.exitCode;
  return isGood(result, isAsked) ? EXIT.ok : EXIT.failed;
}

/** A second Ctrl-C does not wait for anything. */
async function hurried({ signals }: Context): Promise<never> {
  await fired(signals.hurry);
  throw abortError(signals.hurry);
}

interface Refusal {
  readonly client: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
}

type Result = ClientSync | Refusal;

/** A disk that is away, as it may be, is no failure unless it was asked for. */
function isGood({ report, syncs }: ClientSync, isAsked: boolean): boolean {
  const isSourceGood = report.source.state === 'ok';
  const isBad = ({ outcome }: SyncReport) => outcome === 'failed' || outcome === 'cancelled';
  const bad = syncs.filter((sync) => isBad(sync) && (isAsked || !isAway(report, sync)));
  return isSourceGood && bad.length === 0;
}
