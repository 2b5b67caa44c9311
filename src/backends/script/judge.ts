import { countObjects, NO_OBJECTS, objectsMinus, type Objects } from '../../repository/objects.ts';
import { EMPTY_CATALOGUE } from '../../repository/catalogue.ts';
import type { View } from '../../repository/view.ts';

/** A listing of a place that another program writes to. */
export interface PlaceListing {
  readonly objects: Objects;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly configSha256: string | undefined;
}

export interface Judgement {
  /** a complete view is there */
  readonly isComplete: boolean;
  /** of the view */
  readonly missing: Objects;
  /** objects that an earlier complete view needs and that are gone, so that the state of its snapshots is unknown */
  readonly lost: Objects;
}

/**
 * The order in which another program writes, and what it deletes, are unknown. So a snapshot counts only while all of the last
 * complete view is there, or all of a newer one. Pure.
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
