import type { ClientConfig } from '../config/types.ts';
import { backendTraits, placeTraits } from '../kinds/traits.ts';
import type { GroupSettings } from '../work/groups/settings.ts';

/** The settings for reading snapshots; undefined if no groups are expected. */
export function groupSettings(
  { expect, source, backends }: ClientConfig,
  surroundings: Pick<GroupSettings, 'env' | 'cacheDirectory'>,
): GroupSettings | undefined {
  const { groups = [] } = expect;
  const { password } = source;
  if (groups.length === 0 || password === undefined) return undefined;
  return {
    ...surroundings,
    password,
    wanted: groups,
    source: placeTraits(source).restic,
    replicas: backends.flatMap((backend) => {
      if (backend.around !== undefined) return []; // it may be there only during a pass
      const { seenAt } = backendTraits(backend);
      const place = seenAt && placeTraits(seenAt.config);
      return place?.isDirectory === true ? [{ name: backend.name, place: place.restic }] : [];
    }),
  };
}
