import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadRead } from '../../config/load.ts';
import { newClientText, type NewClient } from '../../config/edit/new-client.ts';
import { withFile } from '../../config/edit/preview.ts';
import { createFile } from '../../config/edit/replace-file.ts';
import { formatProblem, isError } from '../../config/problem.ts';
import type { ClientConfig, ConfigProblem } from '../../config/types.ts';
import { parseYamlFile } from '../../config/yaml-file.ts';
import { formatDuration } from '../../runtime/units.ts';
import {
  configError,
  requireClient,
  readWritten,
  type Configured,
  type Written,
} from '../configured.ts';
import type { Context } from '../context.ts';
import type { ClientOptions } from '../run-command.ts';
import {
  describeServices,
  followFile,
  isChangedBy,
  requireOwnAddress,
  type ChangedServices,
} from './services.ts';
import { clientFileOf, pathOf, requireNewName, textOf } from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { queryDaemon } from '../reach-unit.ts';
import { renderSetUp, setUpPlaces, type SetUpResult } from '../set-up-many.ts';
import { setUpSite, type SetUpOptions } from '../set-up.ts';

export interface AddOptions extends ClientOptions, NewClient, SetUpOptions {
  readonly dryRun?: boolean;
}

/** `client add`: writes the client's file, and sets up its backends. */
export async function addClient(context: Context, options: AddOptions): Promise<number> {
  const { client: name, dryRun: isDryRun = false } = options;
  const written = await readWritten(context, options.configDir);
  const text = textFor(options);
  const isNew = requireFree(written, name, text);
  const configured = preview(written, name, text);
  const client = requireClient(configured, name);
  await requireOwnAddress(client, { root: written.root, config: configured.config, isNew });
  const site = await setUpSite(context, configured, { isDryRun });
  const faults = site.problems.filter((each) => isError(each) && each.file === client.file);
  if (isNew && faults.length > 0) throw refusal(name, faults);
  if (isNew && !isDryRun && !(await createFile(pathOf(written, name), text))) throw taken(name);
  const services = isDryRun ? undefined : await followFile(written.root, name, { isEnabled: true });
  const places = client.backends.map((backend) => ({ client, backend }));
  const results = await setUpPlaces(context, site, { ...options, isDryRun, places });
  if (!isDryRun) await queryDaemon(configured.config, name, { verb: 'nudge' });
  print(context, options, { client, text, isNew, isDryRun, results, services });
  return results.some(isRefused) ? EXIT.failed : EXIT.ok;
}

function print({ json, out, err }: Context, options: AddOptions, added: Added): void {
  if (options.json === true) json(documentOf(added));
  else if (options.quiet !== true) for (const line of render(added)) out(line);
  else for (const line of renderSetUp(added.results.filter(isRefused))) err(line);
}

function textFor(options: AddOptions): string {
  requireNewName(options.client);
  const text = newClientText(options);
  if (text !== undefined) return text;
  const { source = '' } = options;
  const isRelative = source.includes('/') && !source.includes(':');
  const example = isRelative ? resolve(source) : '/srv/rest-server/ahost';
  throw new ExitError(
    EXIT.usage,
    `--source "${source}" is neither a directory nor a remote`,
    `write a path from the root, e.g. ${example}, or REMOTE:PATH of rclone`,
  );
}

/** Whether the client is new. One that is there already with the same settings is not, and is no error. */
function requireFree(written: Written, name: string, text: string): boolean {
  const before = textOf(written, name);
  if (before === undefined) return true;
  const valueOf = (content: string) => parseYamlFile({ path: '', text: content }).value;
  if (isDeepStrictEqual(valueOf(before), valueOf(text))) return false;
  throw taken(name);
}

function taken(name: string): ExitError {
  return new ExitError(
    EXIT.failed,
    `${name} is already configured in ${clientFileOf(name)}, with other settings; nothing was written`,
    `to see it, run: backup-syncd client show ${name}`,
  );
}

/** The configuration with the new client, if it is valid. */
function preview({ read, root }: Written, name: string, text: string): Configured {
  const loaded = loadRead(withFile(read, clientFileOf(name), text), root);
  const { config, clientProblems } = loaded;
  if (config === undefined)
    throw configError(`the configuration in ${root} cannot be used`, loaded);
  const problems = clientProblems.get(name);
  if (problems === undefined) return { config, loaded };
  throw refusal(name, problems);
}

function refusal(name: string, problems: readonly ConfigProblem[]): ExitError {
  return new ExitError(
    EXIT.configuration,
    `with these settings, ${name} would have problems, and nothing was written:`,
    "correct or add an option (see 'backup-syncd help client add'), or correct the defaults in backup-syncd.yaml",
    problems.map(formatProblem),
  );
}

interface Added {
  readonly client: ClientConfig;
  readonly text: string;
  readonly isNew: boolean;
  readonly isDryRun: boolean;
  readonly results: readonly SetUpResult[];
  readonly services: ChangedServices | undefined;
}

function isRefused({ outcome }: SetUpResult): boolean {
  return outcome === 'refused';
}

function documentOf({ client: { name, file }, services, ...added }: Added): unknown {
  const { text, isNew, isDryRun, results: places } = added;
  return {
    schemaVersion: 1,
    client: name,
    file,
    isNew,
    isDryRun,
    text,
    places,
    ...(services && { services: services.names }),
  };
}

function render({ client, text, isNew, isDryRun, results, services }: Added): string[] {
  const { name, file } = client;
  const written = isDryRun ? `would write ${file}` : `wrote ${file}`;
  const content = text.trimEnd().split('\n');
  return [
    `${name}: ${isNew ? `${written}:` : `already configured in ${file}`}`,
    ...(isNew ? content.map((line) => `  ${line}`) : []),
    ...renderSetUp(results),
    ...(isChangedBy(services) && services ? describeServices(services, true) : []),
    ...(isDryRun ? ['nothing was changed'] : next(client, results)),
  ];
}

/** Lines that say what happens next, and what a person has to do. */
function next({ name, expect, backends }: ClientConfig, results: readonly SetUpResult[]): string[] {
  const { snapshotEveryMs, graceMs } = expect;
  const due = snapshotEveryMs === null ? undefined : formatDuration(snapshotEveryMs + graceMs);
  const again = `once that is corrected, run: backup-syncd backend init --all ${name}`;
  if (results.length > 0 && results.every(isRefused)) return [`next: ${again}`];
  return [
    `next: a running daemon replicates it within seconds; without a daemon, run: backup-syncd sync ${name}`,
    ...(due === undefined ? [] : [`  it is overdue if no snapshot arrives for ${due}`]),
    ...(backends.length === 0
      ? ['  it has no backends yet: add some to its file, or to defaults in backup-syncd.yaml']
      : []),
    ...(results.some(isRefused) ? [`  ${again}`] : []),
  ];
}
