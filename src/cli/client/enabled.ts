import { loadRead } from '../../config/load.ts';
import { editYaml, type Changes } from '../../config/edit/edit-yaml.ts';
import { withFile } from '../../config/edit/preview.ts';
import { disabledState } from '../../client/disabled-state.ts';
import { formatProblem } from '../../config/problem.ts';
import type { DisabledClient } from '../../config/types.ts';
import { toDocument } from '../../report/document.ts';
import { describeDisabled } from '../../report/in-words.ts';
import { requireClient } from '../configured.ts';
import type { Context } from '../context.ts';
import {
  asEnabled,
  clientFileOf,
  discoveredClient,
  readEditable,
  requireName,
  textToEdit,
  writeClient,
  type Editable,
} from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { cleanReason, userName } from '../person.ts';
import type { ClientOptions } from '../run-command.ts';
import {
  describeServices,
  followFile,
  isChangedBy,
  requireOwnAddress,
  type ChangedServices,
} from './services.ts';

export interface DisableOptions extends ClientOptions {
  readonly reason: string;
}

/** `client disable`: from now on, nothing is done for this client, and no alert fires. */
export async function disableClient(context: Context, options: DisableOptions): Promise<number> {
  const { client: name } = options;
  const reason = cleanReason(options.reason, 'say why, for anyone who wonders about it later');
  requireName(name);
  const editable = await readEditable(context, options.configDir);
  const now = context.clock.now();
  const before = editable.config.disabled.find((client) => client.name === name);
  if (before?.reason === reason) {
    const services = await followFile(editable.root, name, { isEnabled: false });
    return tell(context, options, { after: before, isChanged: isChangedBy(services), services });
  }
  const after: DisabledClient = {
    name,
    file: clientFileOf(name),
    reason,
    by: userName(),
    since: before === undefined ? Math.floor(now / 1000) * 1000 : (before.since ?? now),
  };
  const { by = '', since = now } = after;
  const disabled = { reason, since: new Date(since).toISOString().replace('.000Z', 'Z'), by };
  await change(editable, name, { enabled: false, disabled });
  const services = await followFile(editable.root, name, { isEnabled: false });
  return tell(context, options, { after, isChanged: true, services });
}

/** `client enable`: refused while its configuration has problems. */
export async function enableClient(context: Context, options: ClientOptions): Promise<number> {
  const { client: name } = options;
  requireName(name);
  const editable = await readEditable(context, options.configDir);
  const { root, config } = editable;
  const isDisabled = config.disabled.some((client) => client.name === name);
  await requireOwnAddress(discoveredClient(config, name) ?? asEnabled(editable, name), editable);
  if (isDisabled) await change(editable, name, { enabled: undefined, disabled: undefined });
  else requireClient(editable, name);
  const isFileless = !isDisabled && discoveredClient(config, name) !== undefined;
  const services = await followFile(root, name, { isEnabled: true, isFileless });
  const isChanged = isDisabled || isChangedBy(services);
  return tell(context, options, { after: undefined, isChanged, services });
}

/** Changes a client's file, unless that would add a problem to the configuration. */
async function change(editable: Editable, name: string, changes: Changes): Promise<void> {
  const before = textToEdit(editable, name);
  if (before === undefined) {
    requireClient(editable, name);
    return;
  }
  const after = editYaml(before, changes);
  const preview =
    after && loadRead(withFile(editable.read, clientFileOf(name), after), editable.root);
  const problems = preview
    ? preview.clientProblems.get(name)
    : editable.loaded.clientProblems.get(name);
  if (after === undefined || problems !== undefined)
    throw new ExitError(
      EXIT.configuration,
      `${clientFileOf(name)} was not changed, because it has problems:`,
      'correct them, then run the command again',
      (problems ?? []).map(formatProblem),
    );
  await writeClient(editable, name, { before, after });
}

interface Outcome {
  /** undefined: the client is enabled */
  readonly after: DisabledClient | undefined;
  readonly isChanged: boolean;
  readonly services: ChangedServices | undefined;
}

function tell(context: Context, options: ClientOptions, outcome: Outcome): number {
  const { client } = options;
  const { after, isChanged, services } = outcome;
  const state = after && disabledState(after);
  if (options.json === true) {
    const enabled = after === undefined;
    context.json({
      schemaVersion: 1,
      client,
      enabled,
      isChanged,
      ...(state && toDocument(state)),
      ...(services && { services: services.names }),
    });
  } else if (options.quiet !== true) {
    const what = state === undefined ? 'enabled' : describeDisabled(state, context.clock.now());
    context.out(`${client}: ${isChanged ? '' : 'already '}${what}`);
    const details = isChanged ? detailsOf(outcome) : [];
    for (const line of details) context.out(`  ${line}`);
  }
  return EXIT.ok;
}

function detailsOf({ after, services }: Outcome): string[] {
  const isEnabled = after === undefined;
  return [
    isEnabled ? ENABLED : DISABLED,
    ...(services ? describeServices(services, isEnabled) : []),
  ];
}

const ENABLED = 'a running daemon starts it within seconds, and sends what was missed';
const DISABLED =
  'a running daemon stops it within seconds: nothing is checked or sent, and no alert fires; source, replicas and state stay as they are';
