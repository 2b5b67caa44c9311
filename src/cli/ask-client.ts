import { socketPathOf } from '../client/hosted-unit.ts';
import type { ClientUnit } from '../client/unit.ts';
import type { LoadResult } from '../config/types.ts';
import type { LogLevel } from '../log/log.ts';
import type { ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import type { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { withClientHere } from './client-here.ts';
import type { Context } from './context.ts';
import { askDaemon, inDaemonOrHere, type Question } from './reach-unit.ts';
import type { ProgressView } from './render/progress.ts';
import type { Runnable } from './targets.ts';

export interface Job {
  readonly context: Context;
  readonly logLevel: LogLevel | undefined;
  readonly directories: LoadResult['directories'];
  readonly view: ProgressView;
  /** for passes in this process, not in daemons */
  readonly transfers: TransferQueue;
}

/** Something that a client does on request: in its daemon, or here. */
export interface Task<T> extends Pick<Question<T>, 'noun' | 'request' | 'resultIn'> {
  readonly runHere: (unit: ClientUnit, signal: AbortSignal) => Promise<T>;
}

/** The result, and the client's report afterwards. */
export interface Answered<T> {
  readonly report: ClientReport;
  readonly result: T;
}

/** Runs a task of one client: in its daemon if one is running, otherwise here. */
export async function askClient<T>(
  job: Job,
  target: Runnable,
  task: Task<T>,
): Promise<Answered<T>> {
  const path = socketPathOf(job.directories.runtimeDirectory, target.name);
  return inDaemonOrHere(job.context, path, {
    byDaemon: () => askItsDaemon(job, target.name, task),
    runHere: () => askHere(job, target, task),
  });
}

/** Undefined when no daemon runs this client. */
export async function askItsDaemon<T>(
  { context, directories, view }: Job,
  client: string,
  { resultIn, ...task }: Task<T>,
): Promise<Answered<T> | undefined> {
  let report: ClientReport | undefined;
  return askDaemon(context, directories, {
    ...{ ...task, client },
    resultIn: (answer) => {
      if (answer.type === 'progress') view.show((report = answer.report));
      const result = resultIn(answer);
      return result === undefined || report === undefined ? undefined : { report, result };
    },
    onLeft: () => {
      view.end();
      context.err(
        `${client}: the daemon continues this ${task.noun}; to follow it, run: backup-syncd status ${client}`,
      );
    },
  });
}

async function askHere<T>(job: Job, target: Runnable, { runHere }: Task<T>): Promise<Answered<T>> {
  const { context, view, transfers } = job;
  const { stop } = context.signals;
  const log = await context.createLog(job.logLevel ?? 'silent');
  return withClientHere(context, { ...target, log, transfers }, async (unit) => {
    const timer = setInterval(() => view.show(unit.report()), 500);
    try {
      const result = await runHere(unit, stop);
      if (stop.aborted) throw abortError(stop);
      return { report: unit.report(), result };
    } finally {
      clearInterval(timer);
    }
  });
}
