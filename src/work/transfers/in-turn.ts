import type { Work } from '../sender.ts';
import type { Log } from '../../log/log.ts';
import type { BackendPass } from '../pass.ts';
import type { BackendSettings } from '../settings.ts';
import type { TransferQueue } from './transfer-queue.ts';

/** A pass with more to send than this lets others go first, like a first copy, in bytes. */
const LONG_BYTES = 256 * 1024 * 1024;

interface Worker {
  readonly transfers: TransferQueue;
  readonly client: string;
  readonly config: Pick<BackendSettings, 'name' | 'isFar'>;
  readonly log: Log;
}

interface Moving {
  readonly work: Pick<Work, 'bytes'>;
  readonly isFirstCopy: boolean;
  readonly pass: BackendPass;
}

/** Runs the transfers of a pass, each batch in its turn, and shows when it waits. */
export async function inTurn<T>(
  { transfers, client, config: { name, isFar: isRemote }, log }: Worker,
  { work, isFirstCopy, pass }: Moving,
  action: () => Promise<T>,
): Promise<T> {
  const isLong = isFirstCopy || (work.bytes ?? 0) > LONG_BYTES;
  const onWaiting = (isWaiting: boolean): void => {
    pass.waits(isWaiting);
    log.debug({}, isWaiting ? 'waiting for its turn to send' : 'its turn to send has come');
  };
  const { signal } = pass;
  const request = { client, backend: name, isLong, isRemote, onWaiting, signal };
  return transfers.during(request, (transfer) => pass.sharing(transfer, action));
}
