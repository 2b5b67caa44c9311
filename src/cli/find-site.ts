import { formatProblem, listProblems, sortProblems } from '../config/problem.ts';
import type { ClientConfig, Config, ConfigProblem, LoadResult } from '../config/types.ts';
import { findPlaces } from '../doctor/find-places.ts';
import type { Site, Unit } from '../doctor/site.ts';
import { optional } from '../runtime/optional.ts';
import { isDirectory } from '../runtime/refusal.ts';
import { describeUser, ownUid } from '../runtime/users.ts';
import { knownWriter } from '../state/writer.ts';
import { checkAsDaemon, type CheckedPlaces } from './check-config.ts';
import { readConfig } from './configured.ts';
import type { Context } from './context.ts';
import { asExitError, EXIT, ExitError } from './exit-error.ts';
import { findUser } from './find-user.ts';
import { openers } from './places.ts';
import { findRemembered, queryDaemon } from './reach-unit.ts';
import type { Globals } from './run-command.ts';
import { chooseTargets } from './targets.ts';

export interface SiteOptions extends Globals {
  /** empty: all */
  readonly clients: readonly string[];
  /** the address of a Prometheus that should scrape the daemon */
  readonly prometheus?: string;
  /** the daemon's user, by name or number */
  readonly as?: string;
}

/**
 * Collects everything that `doctor` examines. Root becomes the daemon's user first, so that everything is judged by the permissions
 * of that user.
 */
export async function findSite(context: Context, options: SiteOptions): Promise<Site> {
  const { configDir, clients: names } = options;
  const prometheus = options.prometheus === undefined ? undefined : urlOf(options.prometheus);
  const user = options.as === undefined ? undefined : await findUser(context, options.as);
  const loaded = await readConfig(context, configDir);
  const config = loaded.config && (await chosen(loaded, loaded.config, { configDir, names }));
  const checked =
    config === undefined
      ? NOTHING_CHECKED
      : await checkAsDaemon(context, { config, origins: loaded.origins }, user);
  const clients = config?.clients ?? [];
  const { stateDirectory, runtimeDirectory } = loaded.directories;
  const own = [
    { what: 'the state directory', directory: stateDirectory },
    { what: 'the runtime directory', directory: runtimeDirectory },
  ];
  const uid = ownUid() ?? 0;
  const units = await Promise.all(clients.map((client) => findUnit(context, loaded, client)));
  return {
    units,
    stateDirectory,
    problems: sortProblems([...problemsOf(loaded, names), ...checked.problems]),
    places: await findPlaces(clients, {
      ...(await openers(context)),
      hung: checked.hung,
      units,
      writer: await knownWriter(stateDirectory),
    }),
    ownDirectories: own.filter(({ directory }) => isDirectory(directory)),
    user: { uid, words: describeUser(uid), isDaemon: checked.isDaemon },
    ...optional({ config, prometheus }),
    now: context.clock.now(),
  };
}

const NOTHING_CHECKED: CheckedPlaces = { problems: [], hung: new Set(), isDaemon: true };

/** The configuration of the named clients only. Rejects with an ExitError for an unknown name. */
async function chosen(
  loaded: LoadResult,
  config: Config,
  choice: { readonly configDir: string; readonly names: readonly string[] },
): Promise<Config> {
  if (choice.names.length === 0) return config;
  const targets = await chooseTargets(loaded, choice);
  return {
    ...config,
    clients: targets.flatMap((target) => ('client' in target ? [target.client] : [])),
  };
}

/** The problems of the named clients, or of all, and those of backup-syncd.yaml. */
function problemsOf(loaded: LoadResult, names: readonly string[]): ConfigProblem[] {
  const all = listProblems(loaded);
  if (names.length === 0) return all;
  const others = [...loaded.clientProblems].filter(([name]) => !names.includes(name));
  const hidden = new Set(others.flatMap(([, problems]) => problems.map(formatProblem)));
  return all.filter((problem) => !hidden.has(formatProblem(problem)));
}

/** Whether a daemon runs a client, and its report from there or from the saved state. */
async function findUnit(
  { clock }: Context,
  { directories }: LoadResult,
  client: ClientConfig,
): Promise<Unit> {
  const { name } = client;
  try {
    const answer = await queryDaemon(directories, name, { verb: 'report' });
    if (answer?.type === 'report') return { client: name, daemon: 'runs', report: answer.report };
    const { holder, report } = await findRemembered(directories, client, clock.now());
    if (holder === undefined) return { client: name, daemon: 'absent', report };
    return { client: name, daemon: 'silent', why: `process ${holder} has its lock`, report };
  } catch (error) {
    const exit = asExitError(error);
    if (exit === undefined) throw error;
    return { client: name, daemon: 'silent', why: exit.message };
  }
}

/** The address below which the API is. A password in an address would be seen in the list of processes, and is not supported. */
function urlOf(text: string): URL {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new ExitError(EXIT.usage, '--prometheus needs an address such as http://127.0.0.1:9090');
  const url = new URL(text);
  if (url.username === '' && url.password === '')
    return new URL(url.pathname.replace(/\/*$/, '/'), url.origin);
  throw new ExitError(
    EXIT.usage,
    '--prometheus takes no user and no password',
    'run doctor where Prometheus answers without them, for example on its own machine: http://127.0.0.1:9090',
  );
}
