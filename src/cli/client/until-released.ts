import { throwIfAborted } from '../../runtime/abort.ts';
import { lockHolder } from '../../state/lock.ts';
import type { Context } from '../context.ts';
import type { Editable } from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { haveStopped } from './services.ts';

/** How long a daemon, or runit, may take to stop a client, in milliseconds. */
const STOP_MS = 90_000;

/** Waits until no process works with a client that is disabled. */
export async function untilReleased(
  { clock, signals }: Context,
  { root, config }: Editable,
  name: string,
): Promise<void> {
  const deadline = clock.now() + STOP_MS;
  for (;;) {
    throwIfAborted(signals.stop);
    const pid = await lockHolder(config.stateDirectory, name);
    if (pid === undefined && (await haveStopped(root, name))) return;
    if (clock.now() >= deadline)
      throw new ExitError(
        EXIT.busy,
        `${pid === undefined ? 'runit' : `process ${pid}`} still runs ${name}; nothing was changed`,
        'if it is a daemon, check its log for why it does not stop this client; if it is a sync, wait for it to finish',
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
