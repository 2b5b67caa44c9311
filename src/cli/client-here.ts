import { holdUnit } from '../client/hosted-unit.ts';
import type { ClientUnit } from '../client/unit.ts';
import { SILENT_LOG, type Log } from '../log/log.ts';
import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { actAsOwnerOf } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { hostOptions } from './places.ts';
import type { Runnable } from './targets.ts';

interface Here extends Omit<Runnable, 'name'> {
  readonly log?: Log;
  /** absent: for this client alone */
  readonly transfers?: TransferQueue;
}

/** Works with a client that no daemon runs, in this process and as the user who owns its state, and saves the state at the end. */
export async function withClientHere<T>(
  context: Context,
  { client, config, log = SILENT_LOG, transfers = new TransferQueue(config.limits) }: Here,
  work: (unit: ClientUnit) => Promise<T>,
): Promise<T> {
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
