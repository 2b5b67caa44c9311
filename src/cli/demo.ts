import { isAbort, sharedController } from '../runtime/abort.ts';
import type { Context } from './context.ts';
import { choosePort, requirePort } from './demo/choose-port.ts';
import { loadFixture } from './demo/fixture.ts';
import { createHome, removeHome } from './demo/home.ts';
import { perform } from './demo/perform.ts';
import { createScreen } from './demo/screen.ts';
import { EXIT } from './exit-error.ts';

/** `demo`: the real daemon with a small real repository, until it is stopped; leaves nothing behind. */
export async function demo(context: Context, options: { port?: number }): Promise<number> {
  requirePort(options.port);
  const fixture = await loadFixture();
  const port = await choosePort(options.port);
  const screen = createScreen(context, process.stdout);
  const stop = createStop(context);
  const home = await createHome();
  try {
    await perform({ context, fixture, home, port, screen, stop });
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await removeHome(home);
  }
  screen.print(`Stopped, and removed ${home.root}.`);
  return EXIT.ok;
}

/** Fires on the user's signals, and when the output of the demo is no longer read. */
function createStop({ signals }: Context): AbortController {
  const controller = sharedController();
  const stop = () => controller.abort();
  if (signals.stop.aborted) stop();
  signals.stop.addEventListener('abort', stop, { once: true });
  process.stdout.on('error', stop);
  return controller;
}
