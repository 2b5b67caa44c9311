import { countObjects, NO_OBJECTS, objectsMinus, type Objects } from '../../repository/objects.ts';
import { EMPTY_CATALOGUE } from '../../repository/catalogue.ts';
import type { View } from '../../repository/view.ts';

/** What a listing of a place says that somebody else writes to. */
export interface PlaceListing {
  readonly objects: Objects;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly configSha256: string | undefined;
}

export interface Judgement {
  /** a whole view is there */
  readonly isComplete: boolean;
  /** of the view */
  readonly missing: Objects;
  /** what a view needs that was whole there, and is gone: nobody knows what its snapshots are worth now */
  readonly lost: Objects;
}

/**
 * Nothing is known of the order in which another program writes, nor of what it deletes: so a snapshot counts only while
 * all of the last view is there that was whole, or all of a newer one. Pure.
 *
 * @param expected the objects of that view; undefined when it is not known
 */
export function judge(view: View, listing: PlaceListing, expected: Objects | undefined): Judgement {
  const missing = objectsMinus(view.objects, listing.objects);
  const isWhole = countObjects(missing) === 0 && listing.configSha256 === view.configSha256;
  const lost =
    isWhole || expected === undefined ? NO_OBJECTS : objectsMinus(expected, listing.objects);
  return { isComplete: isWhole, missing, lost: { ...lost, snapshots: EMPTY_CATALOGUE } };
}
