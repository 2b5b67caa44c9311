import { holdUnit, socketPathOf } from '../client/hosted-unit.ts';
import type { ClientUnit } from '../client/unit.ts';
import { SILENT_LOG, type LogLevel } from '../log/log.ts';
import { LockedError } from '../state/lock.ts';
import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { actAsOwnerOf } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { hostOptions } from './places.ts';
import { askDaemon, type Question } from './reach-unit.ts';
import type { Runnable } from './targets.ts';

/** Something that a client does on request: in the daemon that runs it, or here. */
export interface Task<T> extends Omit<Question<T>, 'client'> {
  readonly runHere: (unit: ClientUnit) => Promise<T>;
}

/** A client, and what it needs if it runs here. */
export interface Here extends Omit<Runnable, 'name'> {
  /** default: nothing is logged */
  readonly logLevel?: LogLevel | undefined;
  /** absent: for this client alone */
  readonly transfers?: TransferQueue;
}

/** How long a daemon that has the lock may take to open its socket, in milliseconds. It checks its socket every five seconds. */
const SOCKET_MS = 8_000;

/** Runs a task in the daemon that runs the client, or here if there is none. Rejects with an ExitError when neither is possible. */
export async function runTask<T>(
  context: Context,
  here: Here,
  { runHere, ...question }: Task<T>,
): Promise<T> {
  const { client, config } = here;
  const deadline = context.clock.now() + SOCKET_MS;
  for (;;) {
    const answer = await askDaemon(context, config, { ...question, client: client.name });
    if (answer !== undefined) return answer;
    try {
      return await withClientHere(context, here, runHere);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (context.clock.now() >= deadline) throw unreachableDaemon(error, here);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function unreachableDaemon({ message, pid }: LockedError, { client, config }: Here): ExitError {
  return new ExitError(
    EXIT.busy,
    `${message}, and nothing is listening at ${socketPathOf(config.runtimeDirectory, client.name)}`,
    `if process ${pid} is a 'backup-syncd sync', wait for it to finish; if it is the daemon, check its log for why it has no control socket`,
  );
}

/** Works with a client that no daemon runs, in this process and as the user who owns its state, and saves the state at the end. */
async function withClientHere<T>(
  context: Context,
  { client, config, logLevel, transfers = new TransferQueue(config.limits) }: Here,
  work: (unit: ClientUnit) => Promise<T>,
): Promise<T> {
  const log = logLevel === undefined ? SILENT_LOG : await context.createLog(logLevel);
  const host = await hostOptions(context, config, log);
  await actAsOwnerOf(config.stateDirectory);
  const held = await holdUnit(client, { ...host, transfers });
  if (held.damagedFile !== undefined) {
    context.err(
      `${client.name}: the state file was damaged and is now ${held.damagedFile}; the state is rebuilt from the places`,
    );
  }
  try {
    return await work(held.unit);
  } finally {
    await held.release();
  }
}
