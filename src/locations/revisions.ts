import type { Catalogue } from '../repository/catalogue.ts';
import type { DataCatalogue } from '../repository/data-catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import type { Listing } from './location.ts';

type Unnumbered = Omit<Listing<HashedKind>, 'revision'>;

/** Numbers the listings of one place: as long as nothing of what is listed changes, the number stays. */
export class Revisions {
  private readonly last = new Map<HashedKind, Listing<HashedKind>>();

  number<L extends Unnumbered>(kind: HashedKind, listed: L): L & { readonly revision: number } {
    const before = this.last.get(kind);
    const isSame = before !== undefined && isEqualListing(before, listed);
    const listing = { ...listed, revision: (before?.revision ?? 0) + (isSame ? 0 : 1) };
    this.last.set(kind, listing);
    return listing;
  }
}

function isEqualListing(a: Unnumbered, b: Unnumbered): boolean {
  return (
    a.ignored === b.ignored &&
    a.refused.join('\n') === b.refused.join('\n') &&
    hasEqualObjects(a.objects, b.objects)
  );
}

function hasEqualObjects(a: Catalogue | DataCatalogue, b: Catalogue | DataCatalogue): boolean {
  const [these, those] = [partsOf(a), partsOf(b)];
  return these.every((part, i) => those[i]?.equals(part) === true);
}

function partsOf(objects: Catalogue | DataCatalogue): readonly Catalogue[] {
  return 'shards' in objects ? objects.shards : [objects];
}
