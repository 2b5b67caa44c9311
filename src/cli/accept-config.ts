import { requireMarker, writeMarker } from '../backends/marker.ts';
import { acceptConfigOf, scriptDirectory } from '../backends/script/acceptance.ts';
import type { Config } from '../config/types.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import { SILENT_LOG } from '../log/log.ts';
import { askOnce } from './reach-unit.ts';
import { sha256 } from '../replication/take-view.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { writerIdentity } from '../state/writer.ts';
import { requireBackend, requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { openPlaces } from './open-places.ts';
import { opener } from './places.ts';

export interface AcceptConfigOptions {
  readonly configDir: string;
  readonly client: string;
  readonly backend: string;
}

/** `backend accept-config`: the source's `config` was changed on purpose; the backend gets the new one. */
export async function acceptConfig(
  context: Context,
  options: AcceptConfigOptions,
): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  const { config } = configured;
  const client = requireClient(configured, options.client);
  const backend = requireBackend(client, options.backend);
  const signal = { signal: context.signals.stop };
  if (backend.kind === 'script') {
    const open = opener(context);
    const source = open({ config: client.source, role: 'source', log: SILENT_LOG });
    const owner = { client: client.name, backend: backend.name };
    const content = await readTwice(source, signal);
    const { runtimeDirectory } = config;
    const files = context.ownFiles(runtimeDirectory);
    const directory = scriptDirectory(runtimeDirectory, owner);
    await acceptConfigOf({ directory, files }, sha256(content));
    return said(context, config, owner);
  }
  const { source, target } = openPlaces(context, client, backend);
  const owner = {
    client: client.name,
    backend: backend.name,
    ...(await writerIdentity(config.stateDirectory)),
  };
  const marker = await requireMarker(target, owner, signal);
  const content = await readTwice(source, signal);
  const isThere = (await target.read('config', signal)) !== undefined;
  if (isThere) await target.write('config', content, signal);
  await writeMarker(target, { ...marker, configSha256: sha256(content) }, signal);
  return said(context, config, owner);
}

async function readTwice(source: Location, options: CallOptions): Promise<Buffer> {
  const content = await source.read('config', options);
  const again = await source.read('config', options);
  if (content !== undefined && again?.equals(content) === true) return content;
  throw new ExitError(EXIT.failed, `the config of ${source.label} cannot be read twice alike`);
}

async function said(
  context: Context,
  config: Config,
  { client, backend }: { readonly client: string; readonly backend: string },
): Promise<number> {
  context.out(`${client} → ${backend}: the source's config is accepted`);
  await askOnce(config, client, { verb: 'nudge' });
  return EXIT.ok;
}
