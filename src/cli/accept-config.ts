import { requireMarker, writeMarker } from '../backends/marker.ts';
import { askOnce } from './reach-unit.ts';
import { sha256 } from '../replication/take-view.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { writerIdentity } from '../state/writer.ts';
import { requireBackend, requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { openPlaces } from './open-places.ts';

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
  const configured = await requireConfig(options.configDir);
  const { config } = configured;
  const client = requireClient(configured, options.client);
  const backend = requireBackend(client, options.backend);
  const { source, target } = openPlaces(context, client, backend);
  const signal = { signal: context.signals.stop };
  const owner = {
    client: client.name,
    backend: backend.name,
    writer: await writerIdentity(config.stateDirectory),
  };
  const marker = await requireMarker(target, owner, signal);
  const content = await source.read('config', signal);
  const again = await source.read('config', signal);
  if (content === undefined || again?.equals(content) !== true) {
    throw new ExitError(EXIT.failed, `the config of ${source.label} cannot be read twice alike`);
  }
  const isThere = (await target.read('config', signal)) !== undefined;
  if (isThere) await target.write('config', content, signal);
  await writeMarker(target, { ...marker, configSha256: sha256(content) }, signal);
  context.out(`${client.name} → ${backend.name}: the source's config is accepted`);
  await askOnce(config, client.name, { verb: 'nudge' });
  return EXIT.ok;
}
