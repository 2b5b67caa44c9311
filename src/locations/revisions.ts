import type { HashedKind } from '../repository/names.ts';
import { areEqual, areSame, NO_OBJECTS, withKind, type Objects } from '../repository/objects.ts';
import type { Listing } from './location.ts';

type Unnumbered = Omit<Listing<HashedKind>, 'revision'>;

/** Numbers the listings of one place: the number stays the same while nothing listed changes. */
export class Revisions {
  private readonly last = new Map<HashedKind, Listing<HashedKind>>();

  /** The objects of the last listing. */
  objects(kind: HashedKind): Objects[HashedKind] | undefined {
    return this.last.get(kind)?.objects;
  }

  number<L extends Unnumbered>(kind: HashedKind, listed: L): L & { readonly revision: number } {
    const before = this.last.get(kind);
    const [old, fresh] = [pick(kind, before), pick(kind, listed)];
    const isSame =
      before?.ignored === listed.ignored &&
      before.refused.join('\n') === listed.refused.join('\n') &&
      areEqual(old, fresh);
    const listing = {
      ...listed,
      objects: areSame(old, fresh) ? old[kind] : listed.objects,
      revision: (before?.revision ?? 0) + (isSame ? 0 : 1),
    };
    this.last.set(kind, listing);
    return listing;
  }
}

function pick(kind: HashedKind, listed: Unnumbered | undefined): Objects {
  return listed === undefined ? NO_OBJECTS : withKind(NO_OBJECTS, kind, listed.objects);
}
