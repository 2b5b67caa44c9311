import type { ClientConfig, Config, LoadResult } from '../config/types.ts';
import { configError, requireBackend, requireClient, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { runningUnits } from './reach-unit.ts';

/** A client with its configuration. */
export interface Runnable {
  readonly name: string;
  readonly client: ClientConfig;
  readonly config: Config;
}

/** A client whose configuration is refused; its daemon, if one is running, uses an older one. */
interface Refused {
  readonly name: string;
  readonly refusal: ExitError;
}

export type Target = Runnable | Refused;

/** Refuses neither names nor `--all`, and both. */
export function requireChoice(
  verb: string,
  { clients, all = false }: { readonly clients: readonly string[]; readonly all?: boolean },
): void {
  if (clients.length === 0 && !all)
    throw new ExitError(EXIT.usage, `name the clients to ${verb}, or give --all`);
  if (clients.length > 0 && all)
    throw new ExitError(EXIT.usage, `${verb} takes clients or --all, not both`);
}

interface Choice {
  readonly configDir: string;
  /** empty: all clients */
  readonly names: readonly string[];
  /** each client must have these; undefined: all of its own */
  readonly backends?: readonly string[] | undefined;
}

/** The named clients, or all. Rejects with an ExitError for an unknown name, and when nothing can answer. */
export async function chooseTargets(
  loaded: LoadResult,
  { configDir, names, backends = [] }: Choice,
): Promise<Target[]> {
  const targets = await findTargets(loaded, { configDir, names });
  for (const target of targets)
    if ('client' in target) backends.forEach((name) => requireBackend(target.client, name));
  return targets;
}

async function findTargets(loaded: LoadResult, { configDir, names }: Choice): Promise<Target[]> {
  const { config, clientProblems, directories } = loaded;
  if (config !== undefined) {
    const all = [...config.clients.map(({ name }) => name), ...clientProblems.keys()];
    const chosen = names.length === 0 ? all : names;
    return [...new Set(chosen)].map((name) => targetOf({ config, loaded }, name));
  }
  const refusal = configError(`the configuration in ${configDir} cannot be used`, loaded);
  const chosen = names.length === 0 ? await runningUnits(directories.runtimeDirectory) : names;
  if (chosen.length === 0) throw refusal;
  return [...new Set(chosen)].map((name) => ({ name, refusal }));
}

function targetOf(configured: Configured, name: string): Target {
  try {
    return { name, client: requireClient(configured, name), config: configured.config };
  } catch (error) {
    if (!(error instanceof ExitError) || error.exitCode !== EXIT.configuration) throw error;
    return { name, refusal: error };
  }
}

/** Prints which clients `--all` leaves out because they are disabled, or that there are none; returns whether there is any. */
export function explainLeftOut(
  { err }: Pick<Context, 'err'>,
  { config }: LoadResult,
  { names, targets }: Pick<Choice, 'names'> & { readonly targets: readonly Target[] },
): boolean {
  const disabled = names.length === 0 ? (config?.disabled ?? []) : [];
  for (const { name } of disabled) err(`${name}: skipped, because it is disabled`);
  const hasAny = targets.length + disabled.length > 0;
  if (!hasAny)
    err('no client is configured yet; to add one, run: backup-syncd client add NAME --source PATH');
  return hasAny;
}

/** Says that a daemon runs these clients although their current configuration is refused. */
export function printOlderConfiguration(
  { err }: Pick<Context, 'err'>,
  clients: readonly string[],
  { details }: ExitError,
): void {
  err(
    `${clients.join(', ')}: the daemon keeps using an older configuration, because the current one was refused:`,
  );
  for (const detail of details) err(`  ${detail}`);
}
