import type { HashedKind } from '../repository/names.ts';
import { areEqual, NO_OBJECTS, withKind } from '../repository/objects.ts';
import type { Listing } from './location.ts';

type Unnumbered = Omit<Listing<HashedKind>, 'revision'>;

/** Numbers the listings of one place: the number stays the same while nothing listed changes. */
export class Revisions {
  private readonly last = new Map<HashedKind, Listing<HashedKind>>();

  number<L extends Unnumbered>(kind: HashedKind, listed: L): L & { readonly revision: number } {
    const before = this.last.get(kind);
    const isSame =
      before?.ignored === listed.ignored &&
      before.refused.join('\n') === listed.refused.join('\n') &&
      areEqual(pick(kind, before), pick(kind, listed));
    const listing = { ...listed, revision: (before?.revision ?? 0) + (isSame ? 0 : 1) };
    this.last.set(kind, listing);
    return listing;
  }
}

function pick(kind: HashedKind, { objects }: Unnumbered) {
  return withKind(NO_OBJECTS, kind, objects);
}
