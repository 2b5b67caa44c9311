import { toStatusDocument } from '../report/document.ts';
import { assessAll } from '../report/overall.ts';
import { select, type Filter } from '../report/select.ts';
import type { Severity } from '../report/types.ts';
import { SEVERITIES } from '../report/words.ts';
import type { Context } from './context.ts';
import { EXIT, throwAsUnknown } from './exit-error.ts';
import { collectReports, type CollectedReports } from './collect-reports.ts';
import type { Line } from './render/line.ts';
import type { Globals } from './run-command.ts';
import { watchStatus } from './watch-status.ts';
import { renderStatus } from './render/status.ts';

export interface StatusOptions extends Globals {
  readonly clients: readonly string[];
  readonly json?: boolean;
  /** refreshes until it is stopped */
  readonly watch?: boolean;
  /** only clients with problems */
  readonly problems?: boolean;
  /** only clients in these states */
  readonly states?: readonly Severity[];
}

/**
 * `status`: shows every client in every place, from the running daemons or from the saved state. Without a daemon nobody watches, so
 * the exit code is at least that of a warning.
 */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  return show(context, options).catch(throwAsUnknown);
}

async function show(context: Context, options: StatusOptions): Promise<number> {
  if (options.watch === true)
    return watchStatus(context, async () =>
      linesOf(context, options, await collectReports(context, options)),
    );
  const seen = await collectReports(context, options);
  const { picture } = seen;
  if (options.json === true)
    context.json(toStatusDocument(picture, select(picture, filterOf(options)).clients));
  else for (const line of linesOf(context, options, seen)) context.out(line);
  const isWatched = seen.origins.every(
    ({ isRunning, holder }) => isRunning || holder !== undefined,
  );
  return Math.max(EXIT[assessAll(picture).severity], isWatched ? EXIT.ok : EXIT.warning);
}

function linesOf(
  context: Context,
  options: StatusOptions,
  { picture, origins: found }: CollectedReports,
): Line[] {
  return renderStatus({
    picture,
    found,
    selection: select(picture, filterOf(options)),
    isDetailed: options.clients.length > 0,
    width: context.width(),
    now: context.clock.now(),
  });
}

function filterOf({ problems, states }: StatusOptions): Filter {
  if (states !== undefined) return { states };
  return problems === true ? { states: SEVERITIES.filter((severity) => severity !== 'ok') } : {};
}
