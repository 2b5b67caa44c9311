import { askDaemon } from '../client/control-client.ts';
import { holdUnit, socketPathOf } from '../client/hosted-unit.ts';
import { asExitError } from '../client/supervisor.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import type { LogLevel } from '../log/log.ts';
import { toDocument } from '../report/document.ts';
import type { SyncReport } from '../report/sync-report.ts';
import type { ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { LockedError } from '../state/lock.ts';
import { chooseClients, requireBackend, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { hostOptions } from './places.ts';
import { createProgressView, type ProgressView } from './render/progress.ts';
import { renderSync } from './render/sync.ts';

export interface SyncOptions {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
  readonly clients: readonly string[];
  readonly all?: boolean;
  readonly backend?: readonly string[];
  readonly json?: boolean;
}

/** How one client's pass went: its report afterwards, and one report for each backend. */
export interface ClientSync {
  readonly report: ClientReport;
  readonly syncs: readonly SyncReport[];
}

/** Clients that are synced at the same time. */
const AT_ONCE = 4;
/** How long a daemon that has the lock may take to open its socket, in milliseconds. */
const SOCKET_MS = 5_000;

/** `sync`: one pass now. */
export async function sync(context: Context, options: SyncOptions): Promise<number> {
  if (options.clients.length === 0 && options.all !== true) {
    throw new ExitError(EXIT.usage, 'name the clients to sync, or give --all');
  }
  const configured = await requireConfig(options.configDir);
  const clients = chooseClients(configured, options.clients);
  for (const client of clients) options.backend?.forEach((name) => requireBackend(client, name));
  const view = createProgressView(context, options.json === true);
  const results = await eachAtOnce(clients, AT_ONCE, (client) =>
    syncClient({ context, options, view, config: configured.config }, client),
  );
  view.end();
  if (options.json === true) {
    const document = results.map(({ report, syncs }) => ({
      client: report.client,
      syncs: toDocument(syncs),
    }));
    context.out(JSON.stringify({ schemaVersion: 1, clients: document }, undefined, 2));
  } else {
    for (const line of results.flatMap(renderSync)) context.out(line);
  }
  return results.every(isGood) ? EXIT.ok : EXIT.failed;
}

interface Job {
  readonly context: Context;
  readonly options: SyncOptions;
  readonly config: Config;
  readonly view: ProgressView;
}

async function syncClient(job: Job, client: ClientConfig): Promise<ClientSync> {
  const deadline = job.context.clock.now() + SOCKET_MS;
  for (;;) {
    const byDaemon = await syncByDaemon(job, client.name);
    if (byDaemon !== undefined) return byDaemon;
    try {
      return await syncHere(job, client);
    } catch (error) {
      const mayStart = error instanceof LockedError && job.context.clock.now() < deadline;
      if (!mayStart) throw asExitError(error);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Undefined when no daemon runs this client. */
async function syncByDaemon(
  { context, config, options, view }: Job,
  client: string,
): Promise<ClientSync | undefined> {
  const { stop } = context.signals;
  const path = socketPathOf(config.runtimeDirectory, client);
  const request = { verb: 'sync', backends: options.backend && [...options.backend] } as const;
  let report: ClientReport | undefined;
  for await (const answer of askDaemon(path, request, stop)) {
    if (answer.type === 'error') throw new ExitError(EXIT.failed, `${client}: ${answer.message}`);
    if (answer.type === 'progress') view.show((report = answer.report));
    if (answer.type === 'synced' && report !== undefined) return { report, syncs: answer.reports };
  }
  if (stop.aborted) {
    view.end();
    context.err(
      `${client}: the daemon goes on with this sync; look at it with: backup-syncd status ${client}`,
    );
    throw abortError(stop);
  }
  if (report !== undefined) {
    throw new ExitError(EXIT.unavailable, `${client}: the daemon ended before the sync did`);
  }
  return undefined;
}

async function syncHere(job: Job, client: ClientConfig): Promise<ClientSync> {
  const { context, options, config, view } = job;
  const { stop } = context.signals;
  const log = await context.createLog(options.logLevel ?? 'silent');
  const host = await hostOptions(context, config, log);
  // what a full listing has proven within a day need not be statted again
  const held = await holdUnit(client, { ...host, sizes: (knowsAll) => !knowsAll });
  const timer = setInterval(() => view.show(held.unit.report()), 500);
  try {
    const syncs = await held.unit.sync(stop, options.backend);
    if (stop.aborted) throw abortError(stop);
    return { report: held.unit.report(), syncs };
  } finally {
    clearInterval(timer);
    await held.release();
  }
}

function isGood({ report, syncs }: ClientSync): boolean {
  const isSourceGood = report.source.state === 'ok';
  return (
    isSourceGood && syncs.every(({ outcome }) => outcome === 'complete' || outcome === 'nothing')
  );
}

async function eachAtOnce<T, R>(
  items: readonly T[],
  limit: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  async function work(): Promise<void> {
    for (const [i, item] of queue) results[i] = await action(item);
  }
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
