import { setFlagsFromString } from 'node:v8';
import { requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { Daemon } from './daemon.ts';
import { plural } from '../runtime/plural.ts';
import { EXIT, ExitError } from './exit-error.ts';
import type { Globals } from './run-command.ts';

export interface RunOptions extends Globals {
  readonly client: string | undefined;
  readonly all: boolean;
}

/** With this many clients, saving memory matters more than the processor time that collecting sooner takes. */
const MANY = 20;
/** During the start, processor time matters more; milliseconds. */
const START_MS = 30_000;

/** `run`: the daemon. It exits with 0 when a signal stops it, or with 1 if it could not save its state. */
export async function runDaemon(context: Context, options: RunOptions): Promise<number> {
  if (options.client !== undefined && options.all) {
    throw new ExitError(EXIT.usage, 'run takes a client or --all, not both');
  }
  const log = await context.createLog(options.logLevel);
  // until the daemon has a handler of its own, which comes with the first reading of the files
  context.signals.onHangup(() =>
    log.info({}, 'SIGHUP: the configuration is read again after the start'),
  );
  const configured = await requireConfig(context, options.configDir);
  const { config, loaded } = configured;
  const { client: name } = options;
  // a disabled client keeps its daemon, which shows it as disabled and starts it when it is enabled
  const off = config.disabled.find((client) => client.name === name);
  const client = off ?? (name === undefined ? undefined : requireClient(configured, name));
  const listen = client?.listen ?? config.listen;
  // or the heap grows to several times of what is in use, and stays there: many clients never rest long enough for V8 to shrink it
  if (client === undefined && config.clients.length >= MANY)
    setTimeout(() => setFlagsFromString('--optimize-for-size'), START_MS).unref();
  const daemon = new Daemon(context, { config, loaded, listen, clientName: name, log });
  const { url } = await daemon.start();
  const clients = client === undefined ? config.clients.length : Number(off === undefined);
  log.info({ url, clients }, `watching ${plural(clients, 'client')}; page and metrics at ${url}`);
  return (await daemon.run()) ? EXIT.ok : EXIT.failed;
}
