import type { BackendConfig, ClientConfig } from '../config/types.ts';
import type { OpenedBackend, ScriptSurroundings } from '../kinds/opening.ts';
import { isAtRemote } from '../kinds/traits.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { WriterIdentity } from '../state/writer.ts';
import { aroundOf, type Around, type SharedPrograms } from '../work/around.ts';
import type { OpenBackend, OpenLocation } from './surroundings.ts';

export interface ConfiguredBackend extends OpenedBackend {
  readonly config: BackendConfig;
  readonly around: Around;
}

/** The facts that all places of a client share. */
export interface Surroundings extends WriterIdentity {
  readonly config: ClientConfig;
  readonly openBackend: OpenBackend;
  readonly openLocation: OpenLocation;
  readonly scripts: ScriptSurroundings;
  /** the programs that mount and release backends around the passes of all clients */
  readonly sharedPrograms: SharedPrograms;
  readonly log: Log;
}

/** Opens all backends of a client, in the order of its configuration. */
export function openBackends(surroundings: Surroundings, source: Location): ConfiguredBackend[] {
  const { config: client, writer, formerWriter, scripts, sharedPrograms } = surroundings;
  return client.backends.map((config) => {
    const backend = config.name;
    const log = surroundings.log.child({ backend });
    const opened = surroundings.openBackend(config, {
      owner: {
        client: client.name,
        formerClients: client.formerly,
        backend,
        writer,
        formerWriter,
      },
      log,
      scripts,
      isRemote: isAtRemote(config),
      openLocation: (place, role) => surroundings.openLocation({ config: place, role, log }),
    });
    const { env } = scripts;
    const owner = { client: client.name, backend, source: source.label, env, log };
    return { config, ...opened, around: aroundOf(config.around, sharedPrograms, owner) };
  });
}
