import { formatProblem } from '../config/problem.ts';
import type { ClientConfig, LoadResult } from '../config/types.ts';
import type { ClientReport, DaemonPicture, DisabledState, Picture } from '../report/types.ts';
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

/**
 * Collects the reports of the named clients, or of all: from the daemons, or from the saved state for clients without a daemon. A
 * daemon keeps running when its configuration breaks, so it is asked then, too. Rejects with an ExitError when nothing is known,
 * or for an unknown name.
 */
export async function collectReports(
  context: Context,
  {
    configDir,
    clients: chosen,
  }: { readonly configDir: string; readonly clients: readonly string[] },
): Promise<CollectedReports> {
  const loaded = await readConfig(context, configDir);
  const answers = await queryDaemons(loaded, await namesToQuery(loaded, chosen));
  const running = answers.flatMap((answer) => ('report' in answer ? [answer] : []));
  const { config } = loaded;
  if (config === undefined && running.length === 0 && loaded.isEmpty !== true)
    throw configError(`the configuration in ${configDir} cannot be used`, loaded);
  const isWanted = (name: string) => chosen.length === 0 || chosen.includes(name);
  const combined = combine(running.map(({ daemon }) => daemon));
  const refused = refusedOf(loaded, combined);
  const answered = new Set(answers.map(({ client }) => client));
  const disabled = disabledOf(loaded, combined).filter(({ client }) => isWanted(client));
  const off = disabled.map(({ client }) => client);
  const accounted = new Set([...answered, ...refused.keys(), ...off]);
  const left = [...new Set(chosen)].filter((name) => !accounted.has(name));
  if (config !== undefined) for (const name of left) requireClient({ config, loaded }, name);
  const others = (config?.clients ?? []).filter(
    ({ name }) => isWanted(name) && !answered.has(name),
  );
  const remembered = await Promise.all(others.map((client) => remember(context, loaded, client)));
  const found = [
    ...running.map(({ report }) => ({ report, isRunning: true })),
    ...remembered.flatMap((each) => ('report' in each ? [each] : [])),
  ];
  const isRunning = new Set(running.map(({ client }) => client));
  const silent = [...answers, ...remembered].flatMap((each) => ('message' in each ? [each] : []));
  const known = new Set([...refused.keys(), ...off, ...found.map(({ report }) => report.client)]);
  const of = <T extends { readonly client: string }>(list: readonly T[]) =>
    list.filter(({ client }) => isWanted(client) && !isRunning.has(client));
  return {
    origins: found,
    picture: {
      clients: found.map(({ report }) => report),
      refused: of([...refused].map(([client, error]) => ({ client, error }))),
      unknown: of([...combined.unknown, ...silent]).filter(({ client }) => !known.has(client)),
      ...(disabled.length > 0 && { disabled }),
      ...(config?.discovery !== undefined && { discovery: config.discovery }),
      notReady: combined.notReady.filter(({ client }) => isWanted(client)),
      ...configErrorOf(loaded, combined),
    },
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

type Answer =
  | { readonly client: string; readonly report: ClientReport; readonly daemon: DaemonPicture }
  | Unknown;

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

/** A client about which nothing is known does not keep others from being shown. */
async function remember(
  context: Context,
  { directories }: LoadResult,
  client: ClientConfig,
): Promise<FoundReport | Unknown> {
  try {
    return await findRemembered(directories, client, context.clock.now());
  } catch (error) {
    return unknownBecause(client.name, error);
  }
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

/** By client: why it is refused, by the current configuration, or else by the one that its daemon uses. */
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
