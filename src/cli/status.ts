import { toStatusDocument } from '../report/document.ts';
import type { Severity } from '../report/types.ts';
import { worse } from '../report/assess.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { chooseClients, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { findReport, type FoundReport } from './reach-unit.ts';
import { renderStatus } from './render/status.ts';

export interface StatusOptions {
  readonly configDir: string;
  readonly clients: readonly string[];
  readonly json?: boolean;
}

const EXIT_OF: Readonly<Record<Severity, number>> = {
  ok: EXIT.ok,
  warning: EXIT.warning,
  critical: EXIT.critical,
  unknown: EXIT.unknown,
};

/** `status`: every client in every place, from the running daemons or from what is remembered. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  try {
    return await show(context, options);
  } catch (error) {
    if (!(error instanceof ExitError) || error.exitCode !== EXIT.unavailable) throw error;
    throw new ExitError(EXIT.unknown, error.message, error.hint); // as a monitoring plug-in says it
  }
}

async function show(context: Context, options: StatusOptions): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  const clients = chooseClients(configured, options.clients);
  const answers = await Promise.all(
    clients.map((client) => tryClient(context, configured.config, client)),
  );
  const found = answers.flatMap((answer) => ('report' in answer ? [answer] : []));
  const failed = answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
  const reports = found.map(({ report }) => report);
  if (options.json === true) {
    context.json(toStatusDocument(reports));
  } else {
    for (const line of renderStatus(found, context.clock.now())) context.out(line);
    for (const [name, problems] of configured.loaded.clientProblems) {
      if (options.clients.length === 0) {
        context.err(
          `${name}: configuration refused: ${problems[0]?.message ?? ''}; see check-config`,
        );
      }
    }
  }
  for (const { message, hint } of failed) {
    context.err(message);
    if (hint !== undefined) context.err(`  ${hint}`);
  }
  const worst =
    EXIT_OF[reports.reduce<Severity>((worst, { severity }) => worse(worst, severity), 'ok')];
  return failed.length > 0 && worst !== EXIT.critical ? EXIT.unknown : worst;
}

/** One client that nothing can be said of keeps no other from being shown. */
async function tryClient(
  context: Context,
  config: Config,
  client: ClientConfig,
): Promise<FoundReport | { readonly error: ExitError }> {
  try {
    return await findReport(context, config, client);
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    return { error: new ExitError(error.exitCode, `${client.name}: ${error.message}`, error.hint) };
  }
}
