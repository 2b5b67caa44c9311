import { join } from 'node:path';
import { readText, removeLeftovers } from '../../config/edit/replace-file.ts';
import { sharesAddress } from '../../config/shared-address.ts';
import type { ClientConfig, Config } from '../../config/types.ts';
import { parseYamlFile } from '../../config/yaml-file.ts';
import { clientDirectory, linkOf } from '../../runit/layout.ts';
import {
  isSupervised,
  linkServices,
  prepareServices,
  renameServices,
  unlinkServices,
} from '../../runit/change.ts';
import { findRunit, readServices } from '../../runit/tree.ts';
import { errorCode } from '../../runtime/system-error.ts';
import { clientFileOf } from '../editable.ts';
import { EXIT, ExitError } from '../exit-error.ts';

/** The changes that a command made in the runit tree. */
export interface ChangedServices {
  readonly directory: string;
  /** the services of the client, also those of the operator */
  readonly names: readonly string[];
  readonly isMade: boolean;
  readonly isLinkChanged: boolean;
}

/**
 * Starts the services of a client, and makes them if there are none, or stops them; they stay where they are. Throws if its file says
 * something else by now, and makes the link follow the file. Undefined without runit. Ends a command, also one that finds that
 * everything is done already: it removes what a killed one has left.
 *
 * @param isFileless it has no file, because it was discovered
 */
export async function followFile(
  root: string,
  client: string,
  { isEnabled, isFileless = false }: { readonly isEnabled: boolean; readonly isFileless?: boolean },
): Promise<ChangedServices | undefined> {
  await removeLeftovers(join(root, clientFileOf(client)));
  const services = await (isEnabled ? startServices : stopServices)(root, client);
  if (services === undefined) return undefined;
  const now = isFileless ? undefined : await readWish(root, client);
  if (now === undefined || (now === 'enabled') === isEnabled) return services;
  await followFile(root, client, { isEnabled: !isEnabled });
  throw new ExitError(
    EXIT.busy,
    `someone else ${now} ${client} in the meantime`,
    'see: backup-syncd client list',
  );
}

/** Links a client, and makes its services if there are none; undefined without runit. */
export async function startServices(
  root: string,
  client: string,
): Promise<ChangedServices | undefined> {
  const runit = await findRunit(root);
  if (runit === undefined) return undefined;
  const isMade = await prepareServices(runit, client);
  const isLinkChanged = await linkServices(runit, client);
  return changed(runit, client, { isMade, isLinkChanged });
}

/** Removes the link of a client; its services stay where they are. Undefined without runit. */
export async function stopServices(
  root: string,
  client: string,
): Promise<ChangedServices | undefined> {
  const runit = await findRunit(root);
  if (runit === undefined) return undefined;
  const isLinkChanged = await unlinkServices(runit, client);
  return changed(runit, client, { isMade: false, isLinkChanged });
}

/** Reads whether a client's file says that it is enabled; undefined if that is unknown. */
async function readWish(
  root: string,
  client: string,
): Promise<'enabled' | 'disabled' | 'removed' | undefined> {
  const path = clientFileOf(client);
  try {
    const text = await readText(join(root, path));
    const { value } = parseYamlFile({ path, text });
    if (typeof value !== 'object' || value === null) return undefined;
    return Reflect.get(value, 'enabled') === false ? 'disabled' : 'enabled';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'removed' : undefined;
  }
}

/** Whether nothing of a client runs any more, as far as runit knows. */
export async function haveStopped(root: string, client: string): Promise<boolean> {
  const runit = await findRunit(root);
  return runit === undefined || !(await isSupervised(runit, client));
}

/** Throws if there are services under the new name of a client that has services. */
export async function requireFreeServices(root: string, from: string, to: string): Promise<void> {
  const runit = await findRunit(root);
  if (runit === undefined) return;
  const [own, other] = await Promise.all([from, to].map((name) => readServices(runit, name)));
  if (other?.link === 'none' && (other.names === undefined || own?.names === undefined)) return;
  const directory = clientDirectory(runit, to);
  throw new ExitError(
    EXIT.failed,
    `there are services of a former client ${to} in ${directory}`,
    `look at them, and move them away; if there is a link ${linkOf(runit, to)}, remove it first`,
  );
}

/** Moves the services of a client to its new name. Call it once they have stopped. */
export async function moveServices(root: string, from: string, to: string): Promise<void> {
  const runit = await findRunit(root);
  if (runit !== undefined) await renameServices(runit, from, to);
}

async function changed(
  runit: string,
  client: string,
  what: Pick<ChangedServices, 'isMade' | 'isLinkChanged'>,
): Promise<ChangedServices> {
  const { names = [] } = await readServices(runit, client);
  return { directory: clientDirectory(runit, client), names, ...what };
}

/** Whether a command has done something there. */
export function isChangedBy(services: ChangedServices | undefined): boolean {
  return services !== undefined && (services.isMade || services.isLinkChanged);
}

export function describeServices(
  { directory, names }: ChangedServices,
  isEnabled: boolean,
): string[] {
  const what = names.length === 0 ? 'none' : names.join(', ');
  const services = `${directory}/services`;
  if (isEnabled) return [`runit starts its services within seconds: ${what} (in ${services})`];
  return [
    `runit stops its services within seconds, also those of your own: ${what}; they stay in ${services}`,
    'Prometheus: its daemon is gone, so remove its target, unless it comes from client list --format prometheus-sd',
  ];
}

/**
 * With runit each client has a daemon of its own. Throws if it could not listen.
 *
 * @param isNew it has no file yet
 */
export async function requireOwnAddress(
  client: ClientConfig | undefined,
  {
    root,
    config,
    isNew = false,
  }: { readonly root: string; readonly config: Config; readonly isNew?: boolean },
): Promise<void> {
  if (client === undefined || (await findRunit(root)) === undefined) return;
  const other = sharesAddress(config, client);
  if (other === undefined) return;
  const { host, port } = client.listen ?? config.listen;
  const file = clientFileOf(client.name);
  const free = `127.0.0.1:${port + 1}`;
  const remedy = isNew
    ? `add --listen ${free}, which gives it an address of its own in ${file}`
    : `set \`listen\` in ${file} to an address of its own, e.g. ${free}`;
  throw new ExitError(
    EXIT.configuration,
    `the daemon of ${client.name} would listen at ${host}:${port}, as that of ${other.name} does, and nothing was changed`,
    `runit runs a daemon for each client: ${remedy}`,
  );
}
