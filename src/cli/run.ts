import type { LogLevel } from '../log/log.ts';
import { requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { Daemon } from './daemon.ts';
import { plural } from '../runtime/plural.ts';
import { EXIT, ExitError } from './exit-error.ts';

export interface RunOptions {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
  readonly client: string | undefined;
  readonly all: boolean;
}

/** `run`: the daemon. It exits with 0 when a signal stops it, or with 1 if it could not save its state. */
export async function runDaemon(context: Context, options: RunOptions): Promise<number> {
  if (options.client !== undefined && options.all) {
    throw new ExitError(EXIT.usage, 'run takes a client or --all, not both');
  }
  const log = await context.createLog(options.logLevel);
  const configured = await requireConfig(context, options.configDir);
  const { config, loaded } = configured;
  const client =
    options.client === undefined ? undefined : requireClient(configured, options.client);
  const listen = client?.listen ?? config.listen;
  const daemon = new Daemon(context, { config, loaded, listen, clientName: client?.name, log });
  const { url } = await daemon.start();
  const clients = client === undefined ? config.clients.length : 1;
  log.info({ url, clients }, `watching ${plural(clients, 'client')}; page and metrics at ${url}`);
  return (await daemon.run()) ? EXIT.ok : EXIT.failed;
}
