import { isAbsolute } from 'node:path';
import { optional } from '../runtime/optional.ts';
import { checkLimits, buildLimits } from './limits.ts';
import { checkFile } from './check-file.ts';
import type { Checked } from './check-file.ts';
import { crossCheck } from './cross-check.ts';
import type { Candidate, Finding } from './cross-check.ts';
import { checkDisabled, disabledClient, isDisabled } from './disabled.ts';
import { discoverClients, sourcesOf } from './discover/discover.ts';
import type { BuiltClient, DiscoveredClients } from './discover/discover.ts';
import type { DiscoveryFacts } from './discover/facts.ts';
import type { Layers } from './layers.ts';
import { buildClient } from './merge.ts';
import { originsOf } from './origins.ts';
import { sortProblems } from './problem.ts';
import { client as clientSchema } from './schema/client.ts';
import { daemon as daemonSchema } from './schema/daemon.ts';
import type { DaemonFile } from './schema/daemon.ts';
import { NAME_PATTERN, NAME_RULE } from '../schema/values.ts';
import type {
  Config,
  ConfigFile,
  ConfigProblem,
  DiscoverConfig,
  HeartbeatConfig,
  LoadResult,
} from './types.ts';
import { guessValue, parseYamlFile } from './yaml-file.ts';

export const DAEMON_FILE = 'backup-syncd.yaml';
export const CLIENT_FOLDER = 'clients';

/**
 * Builds the configuration from a set of files. Pure: no path is accessed. Never throws; all problems of all files are in the
 * result, and a client with a problem is not in `config.clients`.
 *
 * @param directory what `config.directory` will say
 * @param facts what was found where `discover` says; absent: nothing was searched
 */
export function parseConfig(
  files: readonly ConfigFile[],
  directory = '',
  facts?: DiscoveryFacts,
): LoadResult {
  const given = files.find(({ path }) => path === DAEMON_FILE) ?? { path: DAEMON_FILE, text: '' };
  const daemon = checkFile(parseYamlFile(given), daemonSchema);
  const settings = daemon.value && buildSettings(daemon.value);
  const clientFiles = files.filter(({ path }) => path !== DAEMON_FILE);
  const withFiles = clientFiles.map((file) => build(layersOf(file, daemon)));
  const found = discover(settings?.discover, { facts, daemon, own: withFiles });
  const built = [...withFiles, ...found.built];
  const layers = built.map(({ layers: each }) => each);
  const candidates = built.flatMap(({ layers: each, client }): Candidate[] =>
    client === undefined ? [] : [{ layers: each, client }],
  );
  const own = built.flatMap(({ layers: each, problems }) => findingsOf(each, problems));
  const disabled = layers.filter(isDisabled);
  const isOff = new Set(disabled.map(({ name }) => name));
  const notRunning = new Set([...own.map(({ client }) => client), ...isOff]);
  const all = mergeShared([...own, ...crossCheck(candidates, settings, notRunning)]);
  const clientProblems = groupByClient(all.filter(({ client }) => !isOff.has(client)));
  const problems = sortProblems(daemon.problems);
  const { stateDirectory, runtimeDirectory } = settings ?? buildSettings(guess(given));
  const common = {
    directories: { stateDirectory, runtimeDirectory },
    sources: sourcesOf(withFiles),
    origins: originsOf(candidates, daemon),
    problems,
    clientProblems,
  };
  if (settings === undefined || problems.length > 0) return common;
  const clients = candidates
    .map(({ client }) => client)
    .filter(({ name }) => !clientProblems.has(name) && !isOff.has(name));
  const config: Config = {
    directory,
    ...settings,
    clients,
    disabled: disabled.map(disabledClient),
    ...(found.discovery !== undefined && { discovery: found.discovery }),
  };
  const warnings = [
    ...checkLimits(daemon, layers),
    ...checkDisabled(layers),
    ...all.filter(({ client }) => isOff.has(client)).map(asWarning),
  ];
  return { ...common, config, ...(warnings.length > 0 && { warnings }) };
}

function layersOf(file: ConfigFile, daemon: Checked<DaemonFile>): Layers {
  const name = nameOfFile(file.path);
  return { name, client: checkFile(parseYamlFile(file), clientSchema), daemon };
}

interface Discoverable {
  readonly facts: DiscoveryFacts | undefined;
  readonly daemon: Checked<DaemonFile>;
  readonly own: readonly BuiltClient[];
}

function discover(
  settings: DiscoverConfig | undefined,
  { facts, ...rest }: Discoverable,
): Partial<DiscoveredClients> & Pick<DiscoveredClients, 'built'> {
  if (settings === undefined || facts === undefined) return { built: [] };
  return discoverClients({ settings, facts, ...rest });
}

function build(layers: Layers): BuiltClient {
  return { layers, ...buildClient(layers) };
}

/** `clients/ahost.yaml` -> `ahost` */
function nameOfFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}

type Settings = Omit<Config, 'directory' | 'clients' | 'disabled' | 'discovery'>;

/** Guesses where a daemon may be, from a file that is not valid YAML. */
function guess(file: ConfigFile): DaemonFile {
  const isPath = (text: unknown): text is string => typeof text === 'string' && isAbsolute(text);
  const keys = ['stateDirectory', 'runtimeDirectory'] as const;
  const found = keys.map((key) => [key, guessValue(file, key)] as const);
  return Object.fromEntries(found.filter(([, text]) => isPath(text)));
}

function buildSettings(value: DaemonFile): Settings {
  const stateDirectory = value.stateDirectory ?? '/var/lib/backup-syncd';
  return {
    listen: value.listen ?? { host: '127.0.0.1', port: 10987 },
    stateDirectory,
    runtimeDirectory: value.runtimeDirectory ?? `${stateDirectory}/run`,
    ...optional({
      allowedHosts: value.allowedHosts,
      heartbeat: value.heartbeat && buildHeartbeat(value.heartbeat),
      limits: value.limits && buildLimits(value.limits),
      discover: value.discover && buildDiscover(value.discover),
    }),
  };
}

function buildHeartbeat({
  urlFile,
  every = 300_000,
}: NonNullable<DaemonFile['heartbeat']>): HeartbeatConfig {
  return { urlFile, everyMs: every };
}

function buildDiscover({
  glob,
  initialise = false,
  max = 200,
}: NonNullable<DaemonFile['discover']>): DiscoverConfig {
  return { glob, initialise, max };
}

function findingsOf(layers: Layers, built: readonly ConfigProblem[]): Finding[] {
  const { name, client } = layers;
  const file = client.file.path;
  const misnamed: ConfigProblem = {
    file,
    line: 0,
    column: 0,
    key: '',
    message: `"${name}" is not a valid client name; ${NAME_RULE}, and rename the file`,
  };
  const problems = [...(NAME_PATTERN.test(name) ? [] : [misnamed]), ...client.problems, ...built];
  return problems.map((problem) => ({ client: name, problem }));
}

/** A disabled client cannot do any harm; its problems matter when it is enabled. */
function asWarning({ problem }: Finding): ConfigProblem {
  return { ...problem, severity: 'warning' };
}

/** A problem in the defaults appears in many clients. It is reported once, with their names. */
function mergeShared(findings: readonly Finding[]): Finding[] {
  const shared = new Map<string, Set<string>>();
  for (const { client, problem } of findings) {
    if (problem.file !== DAEMON_FILE) continue;
    const id = JSON.stringify(problem);
    shared.set(id, (shared.get(id) ?? new Set()).add(client));
  }
  return findings.map(({ client, problem }) => {
    const names = [...(shared.get(JSON.stringify(problem)) ?? [])].sort();
    if (names.length === 0) return { client, problem };
    const message = `${problem.message} (${listNames(names)})`;
    return { client, problem: { ...problem, message } };
  });
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.length === 1 ? 'client' : 'clients'} ${shown}${more}`;
}

function groupByClient(findings: readonly Finding[]): Map<string, ConfigProblem[]> {
  const groups = new Map<string, Map<string, ConfigProblem>>();
  for (const { client, problem } of findings) {
    const group = groups.get(client) ?? new Map<string, ConfigProblem>();
    groups.set(client, group.set(JSON.stringify(problem), problem));
  }
  return new Map([...groups].map(([name, group]) => [name, sortProblems([...group.values()])]));
}
