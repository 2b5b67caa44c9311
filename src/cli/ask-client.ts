import type { ClientUnit } from '../client/unit.ts';
import type { LoadResult } from '../config/types.ts';
import type { LogLevel } from '../log/log.ts';
import type { ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import type { TransferQueue } from '../work/transfers/transfer-queue.ts';
import type { Context } from './context.ts';
import { askDaemon } from './reach-unit.ts';
import type { ProgressView } from './render/progress.ts';
import { runTask, type Task } from './run-task.ts';
import type { Runnable } from './targets.ts';

export interface Job {
  readonly context: Context;
  readonly logLevel: LogLevel | undefined;
  readonly directories: LoadResult['directories'];
  readonly view: ProgressView;
  /** for passes in this process, not in daemons */
  readonly transfers: TransferQueue;
}

/** A task that takes long, so that its progress is shown. */
export type LongTask<T> = Pick<Task<T>, 'noun' | 'request' | 'resultIn' | 'runHere'>;

/** The result, and the client's report afterwards. */
export interface Answered<T> {
  readonly report: ClientReport;
  readonly result: T;
}

/** Runs a task of one client: in its daemon if one is running, otherwise here. */
export async function askClient<T>(
  job: Job,
  target: Runnable,
  task: LongTask<T>,
): Promise<Answered<T>> {
  const { context, logLevel = 'silent', transfers } = job;
  return runTask(context, { ...target, logLevel, transfers }, shown(job, target.name, task));
}

/** Runs a task of a client in its daemon; undefined when no daemon runs this client. */
export async function askItsDaemon<T>(
  job: Job,
  client: string,
  task: LongTask<T>,
): Promise<Answered<T> | undefined> {
  return askDaemon(job.context, job.directories, { ...shown(job, client, task), client });
}

/** The task with its progress on the terminal. */
function shown<T>(
  { context, view }: Job,
  client: string,
  { noun, request, resultIn, runHere }: LongTask<T>,
): Task<Answered<T>> {
  let report: ClientReport | undefined;
  return {
    noun,
    request,
    resultIn: (answer) => {
      if (answer.type === 'progress') view.show((report = answer.report));
      const result = resultIn(answer);
      return result === undefined || report === undefined ? undefined : { report, result };
    },
    onLeft: () => {
      view.end();
      context.err(
        `${client}: the daemon continues this ${noun}; to follow it, run: backup-syncd status ${client}`,
      );
    },
    runHere: (unit) => showWhile(unit, { context, view }, runHere),
  };
}

async function showWhile<T>(
  unit: ClientUnit,
  { context, view }: Pick<Job, 'context' | 'view'>,
  run: (unit: ClientUnit) => Promise<T>,
): Promise<Answered<T>> {
  const { stop } = context.signals;
  const timer = setInterval(() => view.show(unit.report()), 500);
  try {
    const result = await run(unit);
    if (stop.aborted) throw abortError(stop);
    return { report: unit.report(), result };
  } finally {
    clearInterval(timer);
  }
}
