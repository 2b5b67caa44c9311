import type { OpenLocation } from '../client/surroundings.ts';
import { probePath } from '../config/probe.ts';
import type { ClientConfig } from '../config/types.ts';
import { backendTraits, placeTraits } from '../kinds/traits.ts';
import { SILENT_LOG } from '../log/log.ts';
import type { Role } from '../locations/location.ts';
import type { PlaceConfig } from '../kinds/place-config.ts';
import type { WriterIdentity } from '../state/writer.ts';
import type { Place, Unit } from './site.ts';

interface Search {
  readonly openLocation: OpenLocation;
  /** directories that do not respond */
  readonly hung: ReadonlySet<string>;
  /** the identity of this machine; undefined if it has none yet */
  readonly writer: WriterIdentity | undefined;
  readonly units: readonly Unit[];
}

/**
 * The places of these clients that can be examined further: remotes, and directories that exist and that this user may use. Whatever
 * is wrong with the path of any other one is said by the check of the configuration.
 */
export async function findPlaces(
  clients: readonly ClientConfig[],
  how: Search,
): Promise<readonly Place[]> {
  const places = clients.flatMap((client) => listPlaces(client, how));
  const isUsable = await Promise.all(
    places.map(async ({ role, traits: { isDirectory, label } }) => {
      if (!isDirectory) return true;
      if (how.hung.has(label)) return false;
      const probe = await probePath(label);
      const needed = role === 'backend' ? /[rwx]/ : /[rx]/;
      return probe.found === 'directory' && !needed.test(probe.denied);
    }),
  );
  return places.filter((_, i) => isUsable[i] === true);
}

function listPlaces(client: ClientConfig, { openLocation, writer, units }: Search): Place[] {
  const base = { client: client.name };
  const openAs = (config: PlaceConfig, role: Role) => () =>
    openLocation({ config, role, log: SILENT_LOG });
  const { source, backends } = client;
  const report = units.find((unit) => unit.client === client.name)?.report;
  const wasComplete = (name: string) =>
    report?.backends.some((one) => one.backend === name && one.baselineAt !== undefined) === true;
  const ofBackends = backends.flatMap((backend): Place[] => {
    const { hasMarker, seenAt } = backendTraits(backend);
    if (seenAt === undefined) return [];
    const role = hasMarker ? 'backend' : 'verified';
    const owner = {
      client: client.name,
      formerClients: client.formerly,
      backend: backend.name,
      ...(writer ?? { writer: 'without an identity' }),
    };
    return [
      {
        ...base,
        place: backend.name,
        role,
        traits: placeTraits(seenAt.config),
        minFreeBytes: backend.minFreeBytes,
        wasComplete: wasComplete(backend.name),
        open: openAs(seenAt.config, role),
        ...(hasMarker && { owner }),
        ...(backend.offlineMs !== undefined && { mayBeAway: true }),
      },
    ];
  });
  return [
    {
      ...base,
      place: 'source',
      role: 'source',
      traits: placeTraits(source),
      minFreeBytes: 0,
      wasComplete: false,
      open: openAs(source, 'source'),
    },
    ...ofBackends,
  ];
}
