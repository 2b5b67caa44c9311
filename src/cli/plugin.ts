import { fetchStatus } from '../client/remote-status.ts';
import { listenUrl } from '../config/listen-url.ts';
import { loadConfig } from '../config/load.ts';
import { errorMessage } from '../runtime/system-error.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { namesIn, pluginLine, renderPlugin } from './render/plugin.ts';
import type { Globals } from './run-command.ts';

export interface PluginOptions extends Globals {
  readonly clients: readonly string[];
  /** where the daemon listens (default: as configured) */
  readonly url?: string;
}

/** `status --plugin`: one line for Nagios, Icinga and similar systems. Any error exits with 3, unknown. */
export async function plugin(context: Context, options: PluginOptions): Promise<number> {
  try {
    const status = await fetchStatus(await baseOf(options), context.signals.stop);
    const known = namesIn(status);
    const missing = options.clients.find((name) => !known.has(name));
    if (missing !== undefined)
      throw new ExitError(EXIT.usage, `the daemon has no client ${missing}`);
    const { severity, line } = renderPlugin(status, options.clients);
    context.out(line);
    return EXIT[severity];
  } catch (error) {
    context.out(pluginLine('unknown', errorMessage(error)));
    return EXIT.unknown;
  }
}

async function baseOf({ url, configDir }: PluginOptions): Promise<URL> {
  if (url !== undefined) {
    if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url);
    throw new ExitError(EXIT.usage, `--url: ${url} is not an http address`);
  }
  const { config } = await loadConfig(configDir);
  if (config !== undefined) return new URL(listenUrl(config.listen));
  throw new ExitError(
    EXIT.configuration,
    `the configuration in ${configDir} cannot be read: let this user read it, or give --url`,
  );
}
