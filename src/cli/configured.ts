import { resolve } from 'node:path';
import { loadRead } from '../config/load.ts';
import { formatProblem, listProblems } from '../config/problem.ts';
import { readFiles, type ReadResult } from '../config/read-files.ts';
import type { ClientConfig, Config, DisabledClient, LoadResult } from '../config/types.ts';
import { DIRECT_FILES } from '../files/own-files.ts';
import { ANSWER_MS, findHung } from '../process/find-hung.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import type { Context } from './context.ts';
import { withDiscovery } from './discovery.ts';
import { EXIT, ExitError } from './exit-error.ts';

export interface Configured {
  readonly config: Config;
  readonly loaded: LoadResult;
}

/** Returns the configuration without bad clients, or throws an ExitError that lists every problem of backup-syncd.yaml. */
export async function requireConfig(context: Context, directory: string): Promise<Configured> {
  const loaded = await readConfig(context, directory);
  const { config } = loaded;
  if (config !== undefined) return { config, loaded };
  throw configError(`the configuration in ${directory} cannot be used`, loaded);
}

/**
 * Returns the content of the configuration directory, with its problems. Rejects with an ExitError when one of our own directories
 * hangs.
 */
export async function readConfig(context: Context, directory: string): Promise<LoadResult> {
  const { root, read } = await readWritten(context, directory);
  const loaded = loadRead(read, root);
  const { stateDirectory: state, runtimeDirectory: runtime } = loaded.directories;
  await requireAnswers(context, { state, runtime });
  return loaded;
}

/** The files of the configuration, and what was found where they say `discover`. */
export interface Written {
  /** absolute */
  readonly root: string;
  readonly read: ReadResult;
}

/** Reads the files, whether they are valid or not. Rejects with an ExitError when one of our own directories hangs. */
export async function readWritten(context: Context, configDir: string): Promise<Written> {
  const root = resolve(configDir);
  await requireAnswers(context, { configuration: root });
  const read = await readFiles(root, DIRECT_FILES);
  const { config } = loadRead(read, root);
  if (config?.discover === undefined) return { root, read };
  await requireAnswers(context, { state: config.stateDirectory });
  const question = { timeoutMs: ANSWER_MS, signal: context.signals.stop };
  const options = {
    root,
    stateFiles: () => DIRECT_FILES,
    findHung: (paths: readonly string[]) => findHung(paths, question),
  };
  return { root, read: await withDiscovery(context, read, options) };
}

/** Rejects with an ExitError that names the first of our own directories that does not respond. */
export async function requireAnswers(
  { signals }: Context,
  directories: Readonly<Record<string, string>>,
): Promise<void> {
  const options = { timeoutMs: ANSWER_MS, signal: signals.stop };
  const [hung] = await findHung(Object.values(directories), options);
  throwIfAborted(signals.stop);
  if (hung === undefined) return;
  const name = Object.keys(directories).find((key) => directories[key] === hung) ?? '';
  throw new ExitError(
    EXIT.unavailable,
    `the ${name} directory ${hung} did not respond within ${ANSWER_MS / 1000} s`,
    `check its mount: a plain "ls ${hung}" will hang too; remount it, or stop what it waits for`,
  );
}

/** Returns one client's configuration, or throws an ExitError that says what is wrong with it. */
export function requireClient({ config, loaded }: Configured, name: string): ClientConfig {
  const client = config.clients.find((candidate) => candidate.name === name);
  if (client !== undefined) return client;
  const problems = loaded.clientProblems.get(name);
  if (problems !== undefined) {
    const message = `the configuration of ${name} cannot be used:`;
    throw new ExitError(EXIT.configuration, message, undefined, problems.map(formatProblem));
  }
  const disabled = config.disabled.find((candidate) => candidate.name === name);
  if (disabled !== undefined) throw refusalOf(disabled);
  const known = config.clients.map((candidate) => candidate.name).join(', ');
  throw new ExitError(
    EXIT.usage,
    `there is no client ${name}`,
    known === ''
      ? `no client is configured yet: run 'backup-syncd client add ${name} --source PATH', or write ${config.directory}/clients/${name}.yaml`
      : `the configured clients are: ${known}`,
  );
}

function refusalOf({ name, file, reason }: DisabledClient): ExitError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new ExitError(
    EXIT.unavailable,
    `${name} is disabled in ${file}${why}`,
    `nothing is done for it until you run: backup-syncd client enable ${name}`,
  );
}

export function requireBackend(
  client: ClientConfig,
  name: string,
): ClientConfig['backends'][number] {
  const backend = client.backends.find((candidate) => candidate.name === name);
  if (backend !== undefined) return backend;
  const known = client.backends.map((candidate) => candidate.name).join(', ');
  throw new ExitError(
    EXIT.usage,
    `${client.name} has no backend ${name}`,
    known === ''
      ? `add one to ${client.isDiscovered ? 'the defaults' : client.file}`
      : `its backends are: ${known}`,
  );
}

export function configError(message: string, loaded: LoadResult): ExitError {
  const problems = listProblems(loaded).map(formatProblem);
  return new ExitError(EXIT.configuration, `${message}:`, undefined, problems);
}
