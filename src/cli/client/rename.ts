import { readFile } from 'node:fs/promises';
import { editYaml } from '../../config/edit/edit-yaml.ts';
import { withFile } from '../../config/edit/preview.ts';
import { renamedText } from '../../config/edit/rename-client.ts';
import { createFile, readText, replaceFile } from '../../config/edit/replace-file.ts';
import { loadRead } from '../../config/load.ts';
import { DAEMON_FILE } from '../../config/parse.ts';
import { formatProblem } from '../../config/problem.ts';
import { parseYamlFile } from '../../config/yaml-file.ts';
import type { DisabledClient } from '../../config/types.ts';
import { quoted } from '../../kinds/quoted.ts';
import { stateFileOf } from '../../state/state-file.ts';
import type { Globals } from '../run-command.ts';
import { moveState, removeFormer, requireWritableState, stateFilesOf } from './move-state.ts';
import { requireClient } from '../configured.ts';
import type { Context } from '../context.ts';
import {
  clientFileOf,
  discoveredClient,
  pathOf,
  readEditable,
  requireName,
  requireNewName,
  textOf,
  textToEdit,
  writeClient,
  type Editable,
} from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { userName } from '../person.ts';
import { untilReleased } from './until-released.ts';
import {
  describeServices,
  followFile,
  isChangedBy,
  moveServices,
  requireFreeServices,
  startServices,
  stopServices,
  type ChangedServices,
} from './services.ts';

export interface RenameOptions extends Globals {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * `client rename`: the client is disabled until its state has the new name, so that no process works with either. After a kill at
 * any moment, the command can run again.
 */
export async function renameClient(context: Context, options: RenameOptions): Promise<number> {
  const { from, to } = options;
  requireName(from);
  requireNewName(to);
  if (from === to) throw new ExitError(EXIT.usage, 'the two names are the same');
  const editable = await readEditable(context, options.configDir);
  const isDone = textOf(editable, from) === undefined && isFormerly(editable, to, from);
  const isEnabled = isDone ? isRunning(editable, to) : await rename(context, editable, options);
  const services = isEnabled ? await followFile(editable.root, to, { isEnabled }) : undefined;
  if (options.json === true)
    context.json({
      schemaVersion: 1,
      client: to,
      formerly: from,
      isChanged: !isDone,
      ...(services && { services: services.names }),
    });
  else if (options.quiet !== true)
    for (const line of [...render(options, isDone), ...renderServices(services)]) context.out(line);
  return EXIT.ok;
}

function renderServices(services: ChangedServices | undefined): string[] {
  if (services === undefined || !isChangedBy(services)) return [];
  return describeServices(services, true).map((line) => `  ${line}`);
}

function isRunning({ config }: Editable, name: string): boolean {
  return config.clients.some((client) => client.name === name);
}

function isFormerly(editable: Editable, name: string, former: string): boolean {
  const text = textOf(editable, name) ?? '';
  const value = parseYamlFile({ path: clientFileOf(name), text }).value as
    { readonly formerly?: unknown } | undefined;
  return Array.isArray(value?.formerly) && value.formerly.includes(former);
}

/** Whether the client is enabled afterwards. */
async function rename(
  context: Context,
  editable: Editable,
  { from, to }: RenameOptions,
): Promise<boolean> {
  const { stateDirectory } = editable.config;
  const plan = planRename(editable, from, to);
  // somebody disabled it, for another reason
  const staysDisabled = plan.before === plan.disabled && !plan.wasDisabledHere;
  const isCreated = staysDisabled
    ? textOf(editable, to) === plan.renamed
    : plan.wasDisabledHere && isFormerly(editable, to, from);
  if (!plan.wasDisabledHere && !isCreated) {
    await requireFree(editable, to);
    await requireFreeServices(editable.root, from, to);
  }
  await requireWritableState(stateDirectory);
  await disable(context, editable, plan);
  await requireUnchanged(editable, plan);
  await moveServices(editable.root, from, to);
  // what is created may run at once, so its state comes first; a client that stays disabled is recognised by its new file
  const steps = [
    () => moveState(context, stateDirectory, { from, to }),
    () => createRenamed(editable, plan, to),
  ];
  if (staysDisabled) steps.reverse();
  for (const step of isCreated && !staysDisabled ? [] : steps) await step();
  await removeFormer(context, { stateDirectory, name: from, path: pathOf(editable, from) });
  return isCreated ? isRunning(editable, to) : !staysDisabled;
}

async function requireUnchanged(editable: Editable, plan: Plan): Promise<void> {
  const path = pathOf(editable, plan.from);
  const current = await readText(path).catch(() => undefined);
  if (current === plan.disabled) return;
  throw new ExitError(
    EXIT.busy,
    `someone else changed ${path} in the meantime`,
    'look at the file, which may still disable the client, then run the command again',
  );
}

async function createRenamed(editable: Editable, plan: Plan, to: string): Promise<void> {
  await requireUnchanged(editable, plan);
  const like = pathOf(editable, plan.from);
  const isCreated = await createFile(pathOf(editable, to), plan.renamed, { like });
  if (!isCreated && textOf(editable, to) !== plan.renamed) throw taken(to);
}

interface Plan {
  readonly from: string;
  readonly before: string;
  /** the old file while the client is being renamed */
  readonly disabled: string;
  /** the new file */
  readonly renamed: string;
  /** an earlier command disabled the client, and was killed */
  readonly wasDisabledHere: boolean;
}

/** Whether an earlier command to the same name was interrupted. Throws if there is one to another name. */
function isInterrupted(off: DisabledClient | undefined, to: string): boolean {
  const reason = `${RENAMING}${to}`;
  if (off?.reason === undefined || off.reason === reason) return off?.reason === reason;
  if (!off.reason.startsWith(RENAMING)) return false;
  const other = off.reason.slice(RENAMING.length);
  throw new ExitError(
    EXIT.busy,
    `${off.name}: ${off.reason}, by ${off.by ?? 'someone'}`,
    // client enable would make new services while those of the client have the other name
    `if that command was interrupted, run it again, then rename ${other} to ${to}`,
  );
}

/** The reason for being disabled meanwhile; the new name follows. */
const RENAMING = 'it is being renamed to ';

/** Throws for what would be a problem under the new name, before anything is changed. */
function planRename(editable: Editable, from: string, to: string): Plan {
  const { read, root, config } = editable;
  const before = textToEdit(editable, from);
  const off = config.disabled.find(({ name }) => name === from);
  if (before === undefined || off === undefined) requireClient(editable, from);
  const text = before ?? '';
  const wasDisabledHere = isInterrupted(off, to);
  const disabled = off
    ? text
    : editYaml(text, { enabled: false, disabled: { reason: `${RENAMING}${to}`, by: userName() } });
  const original = wasDisabledHere
    ? editYaml(text, { enabled: undefined, disabled: undefined })
    : text;
  const daemon = read.files.find(({ path }) => path === DAEMON_FILE);
  const client = { path: clientFileOf(from), text: original ?? '' };
  const renamed = renamedText({ name: from, client, daemon });
  if (disabled === undefined || renamed === undefined)
    throw new ExitError(
      EXIT.configuration,
      `${client.path} cannot be changed`,
      'see: backup-syncd check-config',
    );
  const files = withFile(withFile(read, client.path, undefined), clientFileOf(to), renamed);
  const problems = loadRead(files, root).clientProblems.get(to);
  if (problems === undefined) return { from, before: text, disabled, renamed, wasDisabledHere };
  throw new ExitError(
    EXIT.configuration,
    `as ${to}, the client would have problems, and nothing was changed:`,
    'correct them, then run the command again',
    problems.map(formatProblem),
  );
}

/** Neither a configured client has the name, nor is there the state of a former one. */
async function requireFree(editable: Editable, name: string): Promise<void> {
  const { stateDirectory } = editable.config;
  const isFile = editable.read.files.some(({ path }) => path === clientFileOf(name));
  if (isFile || discoveredClient(editable.config, name) !== undefined) throw taken(name);
  const file = stateFileOf(stateDirectory, name);
  if ((await readFile(file).catch(() => undefined)) === undefined) return;
  throw new ExitError(
    EXIT.failed,
    `there is state of a former client ${name}`,
    `if it is not needed any more, run: rm -f -- ${stateFilesOf(stateDirectory, name).map(quoted).join(' ')}`,
  );
}

function taken(name: string): ExitError {
  return new ExitError(EXIT.failed, `there is a client ${name} already`, 'choose another name');
}

/** Disables the client, and waits until no process has it. Enables it again if that takes too long. */
async function disable(context: Context, editable: Editable, plan: Plan): Promise<void> {
  const path = pathOf(editable, plan.from);
  const { before, disabled } = plan;
  if (before !== disabled) await writeClient(editable, plan.from, { before, after: disabled });
  try {
    await stopServices(editable.root, plan.from);
    await untilReleased(context, editable, plan.from);
  } catch (error) {
    if (before !== disabled) await replaceFile(path, { before: disabled, after: before });
    if (isRunning(editable, plan.from)) await startServices(editable.root, plan.from);
    throw error;
  }
}

function render({ from, to }: RenameOptions, isDone: boolean): string[] {
  if (isDone) return [`${to}: already renamed; it was ${from}`];
  return [
    `${to}: renamed; it was ${from}. Its settings are in ${clientFileOf(to)}`,
    '  its source and its replicas stay where they are, and what is known of them stays known',
    '  a running daemon continues within seconds; each marker gets the new name with the next pass that sends something',
    `  Prometheus: the series with client="${from}" end (backup_syncd_client_enabled is 0 for a day, and no alert fires), and those with client="${to}" begin; counters continue`,
    `  change what names ${from}: silences, rules and dashboards of your own, and a service that runs 'backup-syncd run ${from}'`,
  ];
}
