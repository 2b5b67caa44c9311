import { toStatusDocument } from '../report/document.ts';
import { assessAll } from '../report/overall.ts';
import { select, type Filter } from '../report/select.ts';
import type { Severity } from '../report/types.ts';
import { SEVERITIES } from '../report/words.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import type { Context } from './context.ts';
import { lookAround } from './look-around.ts';
import { EXIT_OF } from './exit-of.ts';
import { renderStatus } from './render/status.ts';

export interface StatusOptions {
  readonly configDir: string;
  readonly clients: readonly string[];
  readonly json?: boolean;
  /** only clients that are not well */
  readonly problems?: boolean;
  /** only clients in these states */
  readonly states?: readonly Severity[];
}

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
  const { picture, found } = await lookAround(context, options);
  const selection = select(picture, filterOf(options));
  if (options.json === true) {
    context.json(toStatusDocument(picture, selection.clients));
  } else {
    const view = { picture, selection, isDetailed: options.clients.length > 0 };
    const how = { found, width: context.width(), now: context.clock.now() };
    for (const line of renderStatus({ ...view, ...how })) context.out(line);
  }
  return EXIT_OF[assessAll(picture).severity];
}

function filterOf({ problems, states }: StatusOptions): Filter {
  if (states !== undefined) return { states };
  return problems === true ? { states: SEVERITIES.filter((severity) => severity !== 'ok') } : {};
}
