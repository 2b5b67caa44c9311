import { formatProblem } from '../config/problem.ts';
import type { LoadResult } from '../config/types.ts';
import type { ClientReport, DaemonPicture, DisabledState, Picture } from '../report/types.ts';
import { optional } from '../runtime/optional.ts';
import { disabledState } from '../client/disabled-state.ts';
import { configError, readConfig, requireClient } from './configured.ts';
import type { Context } from './context.ts';
import { describeAll } from './daemon-clients.ts';
import { asExitError } from './exit-error.ts';
import { queryDaemon, findRemembered, runningUnits, type FoundReport } from './reach-unit.ts';

export interface CollectedReports {
  readonly picture: Picture;
  /** the reports of `picture`, with their origins */
  readonly origins: readonly FoundReport[];
}

type Unknown = Picture['unknown'][number];

interface Options {
  readonly configDir: string;
  /** empty: all */
  readonly clients: readonly string[];
}

/**
 * Collects the reports of the named clients, or of all: from the daemons, or from the saved state for clients without a daemon. A
 * daemon keeps running when its configuration breaks, so it is asked then, too. Rejects with an ExitError when nothing is known,
 * or for an unknown name.
 */
export async function collectReports(
  context: Context,
  options: Options,
): Promise<CollectedReports> {
  const known = await ask(context, options);
  requireKnown(options.clients, known);
  const remembered = await rememberOthers(context, known);
  const origins = [
    ...runningIn(known.answers).map(({ report }) => ({ report, isRunning: true })),
    ...remembered.flatMap((each) => ('report' in each ? [each] : [])),
  ];
  const silent = [...known.answers, ...remembered].filter((each) => 'message' in each);
  return { origins, picture: pictureOf(known, origins, silent) };
}

/** The facts from the configuration and from the daemons. */
interface Known {
  readonly loaded: LoadResult;
  readonly answers: readonly Answer[];
  /** of all daemons together */
  readonly daemon: DaemonPicture;
  /** by client: why it is refused */
  readonly refused: ReadonlyMap<string, string>;
  readonly disabled: readonly DisabledState[];
  readonly isWanted: (client: string) => boolean;
}

async function ask(context: Context, { configDir, clients }: Options): Promise<Known> {
  const loaded = await readConfig(context, configDir);
  const answers = await queryDaemons(loaded, await namesToQuery(loaded, clients));
  const running = runningIn(answers);
  if (loaded.config === undefined && running.length === 0 && loaded.isEmpty !== true)
    throw configError(`the configuration in ${configDir} cannot be used`, loaded);
  const daemon = combine(running.map((answer) => answer.daemon));
  const isWanted = (client: string) => clients.length === 0 || clients.includes(client);
  const disabled = disabledOf(loaded, daemon).filter(({ client }) => isWanted(client));
  return { loaded, answers, daemon, refused: refusedOf(loaded, daemon), disabled, isWanted };
}

/** Throws an ExitError for a name of which neither the configuration nor a daemon knows anything. */
function requireKnown(
  names: readonly string[],
  { loaded, answers, refused, disabled }: Known,
): void {
  const { config } = loaded;
  if (config === undefined) return;
  const explained = [...answers, ...disabled].map(({ client }) => client);
  const isExplained = new Set([...explained, ...refused.keys()]);
  for (const name of new Set(names))
    if (!isExplained.has(name)) requireClient({ config, loaded }, name);
}

/** The saved reports of clients that no daemon runs. One about which nothing is known does not keep others from being shown. */
async function rememberOthers(
  { clock }: Context,
  { loaded: { config, directories }, answers, isWanted }: Known,
): Promise<(FoundReport | Unknown)[]> {
  const answered = new Set(answers.map(({ client }) => client));
  const others = (config?.clients ?? []).filter(
    ({ name }) => isWanted(name) && !answered.has(name),
  );
  return Promise.all(
    others.map(async (client) =>
      findRemembered(directories, client, clock.now()).catch((error: unknown) =>
        unknownBecause(client.name, error),
      ),
    ),
  );
}

/** Puts each client into the list that it belongs to. Pure. */
function pictureOf(
  { loaded, daemon, refused, disabled, isWanted }: Known,
  origins: readonly FoundReport[],
  silent: readonly Unknown[],
): Picture {
  const { discovery } = loaded.config ?? {};
  const running = origins.filter(({ isRunning }) => isRunning);
  const isRunning = new Set(running.map(({ report }) => report.client));
  const isKnown = new Set([
    ...origins.map(({ report }) => report.client),
    ...disabled.map(({ client }) => client),
    ...refused.keys(),
  ]);
  return {
    clients: origins.map(({ report }) => report),
    refused: [...refused]
      .map(([client, error]) => ({ client, error }))
      .filter(({ client }) => isWanted(client) && !isRunning.has(client)),
    unknown: [...daemon.unknown, ...silent].filter(
      ({ client }) => isWanted(client) && !isKnown.has(client),
    ),
    ...(disabled.length > 0 && { disabled }),
    ...optional({ discovery }),
    notReady: daemon.notReady.filter(({ client }) => isWanted(client)),
    ...configErrorOf(loaded, daemon),
  };
}

/** If the configuration cannot be used, every client that has a socket is asked. */
async function namesToQuery(
  { config, clientProblems, directories }: LoadResult,
  chosen: readonly string[],
): Promise<readonly string[]> {
  const isOff = new Set(config?.disabled.map(({ name }) => name));
  if (chosen.length > 0) return [...new Set(chosen)].filter((name) => !isOff.has(name));
  if (config === undefined) return runningUnits(directories.runtimeDirectory);
  return [...config.clients.map(({ name }) => name), ...clientProblems.keys()];
}

interface Running {
  readonly client: string;
  readonly report: ClientReport;
  readonly daemon: DaemonPicture;
}

type Answer = Running | Unknown;

function runningIn(answers: readonly Answer[]): readonly Running[] {
  return answers.filter((answer) => 'report' in answer);
}

/** Includes clients whose daemon answers or no longer answers; the others have no daemon. */
async function queryDaemons(
  { directories }: LoadResult,
  names: readonly string[],
): Promise<Answer[]> {
  const answers = await Promise.all(
    names.map(async (client): Promise<Answer | undefined> => {
      try {
        const answer = await queryDaemon(directories, client, { verb: 'report' });
        return answer?.type === 'report' ? { ...answer, client } : undefined;
      } catch (error) {
        return unknownBecause(client, error);
      }
    }),
  );
  return answers.filter((answer) => answer !== undefined);
}

function unknownBecause(client: string, error: unknown): Unknown {
  const exit = asExitError(error);
  if (exit === undefined) throw error;
  const { message, hint } = exit;
  return { client, message, ...(hint !== undefined && { hint }) };
}

function combine(pictures: readonly DaemonPicture[]): DaemonPicture {
  const [error] = pictures.flatMap(({ configError: each }) => (each === undefined ? [] : [each]));
  return {
    refused: pictures.flatMap(({ refused }) => refused),
    unknown: byClient(pictures.flatMap(({ unknown }) => unknown)),
    notReady: byClient(pictures.flatMap(({ notReady }) => notReady)),
    disabled: byClient(pictures.flatMap(({ disabled = [] }) => disabled)),
    ...(error !== undefined && { configError: error }),
  };
}

/** All clients of a daemon report the same about it. */
function byClient<T extends { readonly client: string }>(list: readonly T[]): T[] {
  return [...new Map(list.map((each) => [each.client, each])).values()];
}

/** Why clients are refused: by the current configuration, or else by the one that the daemon uses. */
function refusedOf(
  { clientProblems }: LoadResult,
  { refused }: DaemonPicture,
): ReadonlyMap<string, string> {
  const byDaemon = refused.map(({ client, error }) => [client, error] as const);
  return new Map([...byDaemon, ...describeAll(clientProblems)]);
}

/** A daemon may not have read the current configuration yet. */
function disabledOf(
  { config }: LoadResult,
  { disabled = [] }: DaemonPicture,
): readonly DisabledState[] {
  return config?.disabled.map(disabledState) ?? disabled;
}

/** The current configuration, or else the one that the daemon uses. */
function configErrorOf(
  { config, isEmpty, problems }: LoadResult,
  { configError: described }: DaemonPicture,
): Pick<Picture, 'configError'> {
  if (config === undefined && isEmpty !== true)
    return { configError: problems.map(formatProblem).join('; ') };
  return described === undefined ? {} : { configError: described };
}
