import { readFile } from 'node:fs/promises';
import { createFile, readText, replaceFile } from '../../config/edit/replace-file.ts';
import { parseYamlFile } from '../../config/yaml-file.ts';
import { quoted } from '../../kinds/quoted.ts';
import { stateFileOf } from '../../state/state-file.ts';
import type { Globals } from '../run-command.ts';
import {
  moveState,
  removeFormer,
  requireMovableState,
  stateFilesOf,
  whileDisabled,
} from './move-state.ts';
import { planRename, type Plan } from './plan-rename.ts';
import type { Context } from '../context.ts';
import {
  clientFileOf,
  discoveredClient,
  pathOf,
  readEditable,
  requireName,
  requireNewName,
  textOf,
  writeClient,
  type Editable,
} from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
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
  await requireMovableState(stateDirectory, from);
  await disable(context, editable, plan);
  await requireUnchanged(editable, plan);
  // what is created may run at once, so its state comes first; a client that stays disabled is recognised by its new file
  const steps = [
    () => moveState(context, stateDirectory, { from, to }),
    () => createRenamed(editable, plan, to),
  ];
  if (staysDisabled) steps.reverse();
  await whileDisabled(async () => {
    await moveServices(editable.root, from, to);
    for (const step of isCreated && !staysDisabled ? [] : steps) await step();
  });
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
    'check the file, which may still disable the client, then run the command again',
  );
}

async function createRenamed(editable: Editable, plan: Plan, to: string): Promise<void> {
  await requireUnchanged(editable, plan);
  const like = pathOf(editable, plan.from);
  const isCreated = await createFile(pathOf(editable, to), plan.renamed, { like });
  if (!isCreated && textOf(editable, to) !== plan.renamed) throw taken(to);
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
    `if it is no longer needed, run: rm -f -- ${stateFilesOf(stateDirectory, name).map(quoted).join(' ')}`,
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
