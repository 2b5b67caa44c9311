import type { ListOptions, Location } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';

/** The objects at a place. */
export interface ListedObjects {
  readonly objects: Objects;
  /** the same as in the last listing of this location, unless something listed has changed */
  readonly revision: string;
}

/** Lists all objects at a place, in no particular order. */
export async function listObjects(
  location: Location,
  options: ListOptions,
): Promise<ListedObjects> {
  const [keys, data, index, snapshots] = await Promise.all([
    location.list('keys', options),
    location.list('data', options),
    location.list('index', options),
    location.list('snapshots', options),
  ]);
  return {
    objects: {
      keys: keys.objects,
      data: data.objects,
      index: index.objects,
      snapshots: snapshots.objects,
    },
    revision: [keys, data, index, snapshots].map(({ revision }) => revision).join('.'),
  };
}
