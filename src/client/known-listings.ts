import { disksOf } from '../facts/disks.ts';
import type { ClientFacts } from '../facts/facts.ts';
import type { Objects } from '../repository/objects.ts';
import { SOURCE, type Listings } from '../state/listing-file.ts';

/** The names of all known objects at the source and at the backends. Pure. */
export function knownListings({ backends }: ClientFacts, source: Objects | undefined): Listings {
  const disks = [...backends.values()].flatMap(disksOf);
  const known = disks.flatMap(({ place: { markerId }, contents: { held } }) =>
    markerId === undefined || held?.objects === undefined
      ? []
      : [[markerId, held.objects] as const],
  );
  return new Map([...(source === undefined ? [] : [[SOURCE, source] as const]), ...known]);
}
