import type { Listing, ListOptions, Location } from '../locations/location.ts';
import type { HashedKind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';
import { addForeign, NO_FOREIGN, type Foreign } from '../repository/strays.ts';

/** The files beside the objects of a place. */
export interface Strays {
  /** temporary files of tools and of operating systems */
  readonly leftovers: number;
  readonly foreign: Foreign;
  /** paths of links and other special files under the names of objects */
  readonly refused: readonly string[];
}

export const NO_STRAYS: Strays = { leftovers: 0, foreign: NO_FOREIGN, refused: [] };

/** The objects at a place. */
export interface ListedObjects {
  readonly objects: Objects;
  readonly strays: Strays;
  /** the same as in the last listing of this location, unless something listed has changed */
  readonly revision: string;
}

/** Lists all objects at a place, in no particular order. */
export async function listObjects(
  location: Location,
  options: ListOptions,
): Promise<ListedObjects> {
  const [keys, data, index, snapshots, beside] = await Promise.all([
    location.list('keys', options),
    location.list('data', options),
    location.list('index', options),
    location.list('snapshots', options),
    location.beside(options),
  ]);
  return {
    objects: {
      keys: keys.objects,
      data: data.objects,
      index: index.objects,
      snapshots: snapshots.objects,
    },
    strays: straysOf([keys, data, index, snapshots], beside),
    revision: [keys, data, index, snapshots].map(({ revision }) => revision).join('.'),
  };
}

type Passed = Pick<Listing<HashedKind>, 'ignored' | 'foreign' | 'refused'>;

function straysOf(listings: readonly Passed[], beside: Foreign): Strays {
  const foreign = addForeign(listings.map((listing) => listing.foreign));
  const ignored = listings.reduce((sum, listing) => sum + listing.ignored, 0);
  return {
    foreign: addForeign([beside, foreign]),
    leftovers: ignored - foreign.count,
    refused: listings.flatMap(({ refused }) => refused),
  };
}
