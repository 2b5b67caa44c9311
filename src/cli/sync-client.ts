import type { SyncReport } from '../facts/sync-report.ts';
import type { ClientReport } from '../report/types.ts';
import { askClient, askItsDaemon, type Answered, type Job, type Task } from './ask-client.ts';
import type { Runnable } from './targets.ts';

/** The result of one client's pass: its report afterwards, and one report per backend. */
export interface ClientSync {
  readonly report: ClientReport;
  readonly syncs: readonly SyncReport[];
}

export interface SyncJob extends Job {
  readonly backends: readonly string[] | undefined;
}

/** Runs one pass over one client: in its daemon if one is running, otherwise here. */
export async function syncClient(job: SyncJob, target: Runnable): Promise<ClientSync> {
  return toSync(await askClient(job, target, syncOf(job)));
}

/** Undefined when no daemon runs this client. */
export async function syncByDaemon(job: SyncJob, client: string): Promise<ClientSync | undefined> {
  const answered = await askItsDaemon(job, client, syncOf(job));
  return answered && toSync(answered);
}

function syncOf({ backends }: SyncJob): Task<readonly SyncReport[]> {
  return {
    noun: 'sync',
    request: { verb: 'sync', backends: backends && [...backends] },
    resultIn: (answer) => (answer.type === 'synced' ? answer.reports : undefined),
    runHere: (unit, signal) => unit.sync(signal, backends),
  };
}

function toSync({ report, result: syncs }: Answered<readonly SyncReport[]>): ClientSync {
  return { report, syncs };
}
