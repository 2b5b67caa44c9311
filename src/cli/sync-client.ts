import { callDaemon } from '../client/control-client.ts';
import { holdUnit, socketPathOf } from '../client/hosted-unit.ts';
import type { TransferQueue } from '../work/transfers/transfer-queue.ts';
import type { LoadResult } from '../config/types.ts';
import type { LogLevel } from '../log/log.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import { actAsOwnerOf } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { hostOptions } from './places.ts';
import { inDaemonOrHere } from './reach-unit.ts';
import type { ProgressView } from './render/progress.ts';
import type { Runnable } from './targets.ts';

/** The result of one client's pass: its report afterwards, and one report per backend. */
export interface ClientSync {
  readonly report: ClientReport;
  readonly syncs: readonly SyncReport[];
}

/** A daemon reports the progress of a pass twice a second; without a report for this long, it hangs, in milliseconds. */
const SILENCE_MS = 60_000;

export interface Job {
  readonly context: Context;
  readonly backends: readonly string[] | undefined;
  readonly logLevel: LogLevel | undefined;
  readonly directories: LoadResult['directories'];
  readonly view: ProgressView;
  /** for syncs in this process, not in daemons */
  readonly transfers: TransferQueue;
}

/** Runs one pass over one client: in its daemon if one is running, otherwise here. */
export async function syncClient(job: Job, target: Runnable): Promise<ClientSync> {
  const path = socketPathOf(job.directories.runtimeDirectory, target.name);
  return inDaemonOrHere(job.context, path, {
    byDaemon: () => syncByDaemon(job, target.name),
    runHere: () => syncHere(job, target),
  });
}

/** Undefined when no daemon runs this client. */
export async function syncByDaemon(
  { context, directories, backends, view }: Job,
  client: string,
): Promise<ClientSync | undefined> {
  const { stop } = context.signals;
  const path = socketPathOf(directories.runtimeDirectory, client);
  const request = { verb: 'sync', backends: backends && [...backends] } as const;
  let report: ClientReport | undefined;
  for await (const answer of callDaemon(path, request, { signal: stop, silenceMs: SILENCE_MS })) {
    if (answer.type === 'error') throw new ExitError(EXIT.failed, `${client}: ${answer.message}`);
    if (answer.type === 'progress') view.show((report = answer.report));
    if (answer.type === 'synced' && report !== undefined) return { report, syncs: answer.reports };
  }
  if (stop.aborted) {
    view.end();
    context.err(
      `${client}: the daemon continues this sync; to follow it, run: backup-syncd status ${client}`,
    );
    throw abortError(stop);
  }
  if (report !== undefined) {
    throw new ExitError(EXIT.unavailable, `${client}: the daemon stopped before the sync was done`);
  }
  return undefined;
}

async function syncHere(job: Job, { client, config }: Runnable): Promise<ClientSync> {
  const { context, view, transfers } = job;
  const { stop } = context.signals;
  const log = await context.createLog(job.logLevel ?? 'silent');
  const host = await hostOptions(context, config, log);
  await actAsOwnerOf(config.stateDirectory);
  const held = await holdUnit(client, { ...host, transfers });
  if (held.damagedFile !== undefined) {
    context.err(
      `${client.name}: the state file was damaged and is now ${held.damagedFile}; the state is rebuilt from the places`,
    );
  }
  const timer = setInterval(() => view.show(held.unit.report()), 500);
  try {
    const syncs = await held.unit.sync(stop, job.backends);
    if (stop.aborted) throw abortError(stop);
    return { report: held.unit.report(), syncs };
  } finally {
    clearInterval(timer);
    await held.release();
  }
}
