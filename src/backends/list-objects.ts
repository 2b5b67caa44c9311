import type { ListOptions, Location } from '../locations/location.ts';
import type { Objects } from '../repository/objects.ts';

/** All that is at a backend, which nobody else writes to: in no order. */
export async function listObjects(location: Location, options: ListOptions): Promise<Objects> {
  const [keys, data, index, snapshots] = await Promise.all([
    location.list('keys', options),
    location.list('data', options),
    location.list('index', options),
    location.list('snapshots', options),
  ]);
  return {
    keys: keys.objects,
    data: data.objects,
    index: index.objects,
    snapshots: snapshots.objects,
  };
}
