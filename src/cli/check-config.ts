import { loadRead } from '../config/load.ts';
import {
  foldAlike,
  formatProblem,
  isError,
  listProblems,
  sortProblems,
} from '../config/problem.ts';
import type { ConfigProblem, LoadResult, WithOrigins } from '../config/types.ts';
import { toolVersions } from '../process/tool-versions.ts';
import { discoveryInWords } from '../report/discovery-in-words.ts';
import { describeUser, ownUid, userWord } from '../runtime/users.ts';
import { actAs, ownerOf, type Owner } from './act-as-owner.ts';
import { readWritten, requireAnswers } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-error.ts';
import { checkPlacesSafely } from './check-places-safely.ts';
import { plural } from '../runtime/plural.ts';
import type { Globals } from './run-command.ts';

export interface CheckConfigOptions extends Globals {
  readonly json?: boolean;
}

/** `check-config`: reports every problem of the configuration, and of the places that it names. */
export async function checkConfig(context: Context, options: CheckConfigOptions): Promise<number> {
  const { root, read } = await readWritten(context, options.configDir);
  const loaded = loadRead(read, root);
  const { config, origins } = loaded;
  const written = config && { config, origins };
  const places = written === undefined ? [] : (await checkAsDaemon(context, written)).problems;
  const tools = written === undefined ? [] : await findMissingRestic(context, written);
  const unused = written === undefined ? [] : findUnused(written);
  const problems = sortProblems([...listProblems(loaded), ...unused, ...places, ...tools]);
  const errors = problems.filter(isError).length;
  if (options.json === true) {
    context.json({ schemaVersion: 1, problems });
  } else {
    for (const problem of foldAlike(problems)) context.err(formatProblem(problem));
    const found = [count(errors, 'error'), count(problems.length - errors, 'warning')];
    const words = found.filter(Boolean).join(', ') || 'no problems';
    context.out(`${words}; ${whoCanRun(loaded)}`);
  }
  return errors > 0 ? EXIT.configuration : EXIT.ok;
}

export interface CheckedPlaces {
  readonly problems: readonly ConfigProblem[];
  /** directories that do not respond */
  readonly hung: ReadonlySet<string>;
  /** false: this user's permissions say nothing about those of the daemon's user */
  readonly isDaemon: boolean;
}

/**
 * Checks the places. Permissions are checked as the daemon's user, whom root becomes.
 *
 * @param user the daemon's user; by default the owner of the state directory
 */
export async function checkAsDaemon(
  context: Context,
  written: WithOrigins,
  user?: Owner,
): Promise<CheckedPlaces> {
  const { stateDirectory } = written.config;
  await requireAnswers(context, { state: stateDirectory });
  const owner = ownerOf(stateDirectory).catch(() => undefined); // it may not exist yet
  const daemon = user ?? (await owner);
  if (daemon !== undefined) await actAs(daemon);
  const isOther = daemon !== undefined && daemon.uid !== 0 && daemon.uid !== ownUid();
  const checked = await checkPlacesSafely(context, written, {
    ignoresRights: isOther,
    triesOwn: true,
  });
  const other = isOther ? [notDaemon(written, daemon.uid)] : [];
  return { ...checked, problems: [...checked.problems, ...other], isDaemon: !isOther };
}

/** Repositories that were found and are no clients. */
function findUnused({ config: { discovery }, origins }: WithOrigins): ConfigProblem[] {
  const { heading, details } = discoveryInWords(discovery) ?? { details: [] };
  const messages = details.length > 0 || heading === undefined ? details : [heading];
  return messages.map((message) =>
    origins.locate({ keys: ['discover'], message, severity: 'warning' }),
  );
}

/** A password is of no use without restic. */
async function findMissingRestic(
  { signals }: Context,
  { config, origins }: WithOrigins,
): Promise<ConfigProblem[]> {
  const client = config.clients.find(({ source }) => source.password !== undefined);
  if (client === undefined || (await toolVersions(signals.stop))['restic'] !== undefined) return [];
  const message =
    'restic is not installed, and only restic can use the password; install its package: apt install restic';
  return [origins.locate({ client, key: ['source', 'password'], message, severity: 'error' })];
}

function notDaemon({ config, origins }: WithOrigins, uid: number): ConfigProblem {
  const message = `"${config.stateDirectory}" belongs to ${describeUser(uid)}, so that is assumed to be the daemon's user; to check what that user may read and write, run: sudo -u ${userWord(uid)} backup-syncd check-config`;
  return origins.locate({ keys: ['stateDirectory'], message, severity: 'warning' });
}

function whoCanRun({ config, clientProblems }: LoadResult): string {
  if (config === undefined) return 'no client can run';
  const { clients, disabled } = config;
  if (clients.length > 0) return `${plural(clients.length, 'client')} can run`;
  if (clientProblems.size > 0) return 'no client can run';
  return disabled.length > 0 ? 'every client is disabled' : 'no client is configured yet';
}

function count(number: number, word: string): string {
  return number === 0 ? '' : plural(number, word);
}
