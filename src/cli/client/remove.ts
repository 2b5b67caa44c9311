import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { moveFile } from '../../config/edit/replace-file.ts';
import { loadRead } from '../../config/load.ts';
import type { ClientConfig, LoadResult } from '../../config/types.ts';
import { quoted } from '../../kinds/quoted.ts';
import { backendTraits, labelOf, placeTraits } from '../../kinds/traits.ts';
import { loadRemoved } from '../../state/removed-clients.ts';
import type { ClientOptions } from '../run-command.ts';
import { announceRemoval } from './announce-removal.ts';
import { describeServices, followFile, isChangedBy, type ChangedServices } from './services.ts';
import { forgetDiscovered } from './forget-discovered.ts';
import { stateFilesOf } from './move-state.ts';
import { configError, requireClient, readWritten, type Written } from '../configured.ts';
import type { Context } from '../context.ts';
import { asEnabled, clientFileOf, discoveredClient, pathOf, requireName } from '../editable.ts';
import { EXIT } from '../exit-error.ts';

/** `client remove`: moves the client's file aside, and forgets that it was discovered. Nothing else is touched. */
export async function removeClient(context: Context, options: ClientOptions): Promise<number> {
  const { client: name } = options;
  requireName(name);
  const written = await readWritten(context, options.configDir);
  const loaded = loadRead(written.read, written.root);
  const { config, directories } = loaded;
  const client = discoveredClient(config, name) ?? asEnabled(written, name);
  const now = context.clock.now();
  const isForgotten = await forgetDiscovered(written, name, { config, client });
  const hasFile = written.read.files.some(({ path }) => path === clientFileOf(name));
  const announce = () => announceRemoval(directories.stateDirectory, name, now);
  if (isForgotten || hasFile) await announce(); // first, because what follows may be interrupted
  const movedTo = hasFile ? await moveAside(pathOf(written, name), now) : undefined;
  const services = await followFile(written.root, name, { isEnabled: false });
  const isRemoved = !isForgotten && movedTo === undefined;
  const isChanged = !isRemoved || isChangedBy(services);
  if (isRemoved) await (isChanged ? announce() : requireRemoved(name, loaded));
  const { stateDirectory } = directories;
  const what = { isChanged, isRemoved, movedTo };
  const removed: Removed = { name, ...what, client, services, stateDirectory };
  if (options.json === true) context.json(documentOf(removed));
  else for (const line of options.quiet === true ? [] : render(written, removed)) context.out(line);
  return EXIT.ok;
}

/** Moves a file to a name that is not in use, and returns its new path; undefined if there is no file. */
async function moveAside(path: string, now: number): Promise<string | undefined> {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const aside = `${path}.removed-${time}`;
  let to = aside;
  for (let n = 2; isThere(to); n++) to = `${aside}-${n}`;
  return (await moveFile(path, to)) ? to : undefined;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A client that is removed already is no error; one that never was is. */
async function requireRemoved(name: string, loaded: LoadResult): Promise<void> {
  const { config, directories } = loaded;
  if ((await loadRemoved(directories.stateDirectory)).has(name)) return;
  if (config === undefined) throw configError('the configuration cannot be used', loaded);
  requireClient({ config, loaded }, name);
}

interface Removed {
  readonly name: string;
  /** false: there was nothing to do */
  readonly isChanged: boolean;
  /** somebody did that before; its services may have run on */
  readonly isRemoved: boolean;
  /** absent if it had no file */
  readonly movedTo: string | undefined;
  readonly client: ClientConfig | undefined;
  readonly services: ChangedServices | undefined;
  readonly stateDirectory: string;
}

interface Replica {
  readonly backend: string;
  readonly location: string;
  /** a command line; absent where the place of a script is unknown */
  readonly toDelete?: string;
}

function replicasOf({ backends }: ClientConfig): Replica[] {
  return backends.map((backend) => {
    const { seenAt } = backendTraits(backend);
    const toDelete = seenAt && placeTraits(seenAt.config).commandToDeleteAll;
    return {
      backend: backend.name,
      location: labelOf(backend),
      ...(toDelete !== undefined && { toDelete }),
    };
  });
}

function documentOf(removed: Removed): unknown {
  const { name, stateDirectory, isChanged, movedTo, client, services } = removed;
  return {
    schemaVersion: 1,
    client: name,
    isChanged,
    ...(movedTo !== undefined && { movedTo }),
    ...(client && {
      source: placeTraits(client.source).label,
      replicas: replicasOf(client),
    }),
    ...(services && { services: services.names, servicesIn: services.directory }),
    stateFiles: stateFilesOf(stateDirectory, name),
  };
}

function render({ root }: Written, removed: Removed): string[] {
  const { name, stateDirectory, isRemoved, movedTo, client, services } = removed;
  if (isRemoved) return removedBefore(removed);
  const replicas = client === undefined ? [] : replicasOf(client);
  return [
    movedTo === undefined
      ? `${name}: removed; it was discovered, and its repository is gone`
      : `${name}: removed; its file is now ${movedTo}`,
    `  a running daemon stops it within ${movedTo === undefined ? 'two minutes' : 'seconds'}; no alert fires, and its series end after a day`,
    ...(services === undefined ? [] : servicesOf(services)),
    ...(client?.listen === undefined || services ? [] : [ownDaemon(name)]),
    ...(movedTo === undefined
      ? []
      : [`  to undo this, run: mv ${quoted(movedTo)} ${quoted(join(root, clientFileOf(name)))}`]),
    '  no backup was deleted:',
    `    ${sourceLine(removed)}`,
    ...replicas.map(({ backend, location, toDelete }) =>
      toDelete === undefined
        ? `    ${backend}: where the script ${location} writes`
        : `    ${backend}: ${location}; to delete this replica permanently, run: ${toDelete}`,
    ),
    `    its state; to delete it, run: rm -f -- ${stateFilesOf(stateDirectory, name).map(quoted).join(' ')}`,
  ];
}

function removedBefore({ name, isChanged, services }: Removed): string[] {
  if (!isChanged || services === undefined) return [`${name}: already removed`];
  return [`${name}: already removed, but its services still ran`, ...servicesOf(services)];
}

/** A client without a file was discovered, and is only removed when its repository is gone. */
function sourceLine({ client, movedTo }: Removed): string {
  if (client === undefined) return 'where they are is in the file, which has problems';
  const { label } = placeTraits(client.source);
  return movedTo === undefined
    ? `the source was ${label}; there is no repository now`
    : `the source, which the client writes to: ${label}`;
}

/** The lines about the client's services, which stay: they may be the operator's own, and hold passwords. */
function servicesOf(services: ChangedServices): string[] {
  if (services.names.length === 0) return [];
  const toDelete = `rm -rf -- ${quoted(services.directory)}`;
  return [
    ...describeServices(services, false).map((line) => `  ${line}`),
    `  to delete its services once they have stopped, with all that you wrote there, run: ${toDelete}`,
  ];
}

/** The line about the client's own daemon, which keeps running and says that the client is removed. */
function ownDaemon(name: string): string {
  return `  it had a daemon of its own: stop 'backup-syncd run ${name}', and remove its target from Prometheus; otherwise BackupSyncdDown fires for it`;
}
