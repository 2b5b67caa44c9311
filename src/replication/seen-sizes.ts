import {
  common,
  EMPTY_CATALOGUE,
  intern,
  minus,
  namesMinus,
  plus,
  type Catalogue,
} from '../repository/catalogue.ts';
import { objectsOf, setsOf } from '../repository/held.ts';
import { NO_OBJECTS, objectsMinus, type Objects } from '../repository/objects.ts';

/**
 * The sizes of the objects at a source, as checks have found them. Objects are in the sets of the view, so this takes little
 * memory.
 */
export interface SeenSizes {
  /** as last found */
  readonly last: Objects;
  /** those whose size only one check has found so far: the file may still have been growing */
  readonly once: Objects;
}

export interface SizesCheck {
  readonly listed: Objects;
  /** sizes were read, not remembered from an earlier check */
  readonly isRead: boolean;
}

/** Takes over what an earlier process saved, which counts as found by two checks. Pure. */
export function recallSizes(saved: Objects): SeenSizes {
  return { last: saved, once: NO_OBJECTS };
}

/** Records that another check has found some of these objects with the same size. Pure. */
export function confirmSizes({ last, once }: SeenSizes, listed: Objects): SeenSizes {
  return { last, once: objectsMinus(once, listed) };
}

/** Records a check. Pure. */
export function recordSizes(known: SeenSizes | undefined, check: SizesCheck): SeenSizes {
  const { listed, isRead } = check;
  if (known === undefined) return { last: listed, once: listed };
  const once = eachSet([listed, known.last, known.once], ([now, last, before]) => {
    if (now === last) return isRead ? EMPTY_CATALOGUE : before;
    const added = namesMinus(now, last);
    if (!isRead) return intern(plus(common(before, now), added), before);
    return plus(added, common(resized(now, last), before));
  });
  return { last: listed, once };
}

/** The objects that two checks have found with one size, and that have another size now. Pure. */
export function changedSizes(known: SeenSizes | undefined, listed: Objects): Objects {
  if (known === undefined) return NO_OBJECTS;
  const { last, once } = known;
  return eachSet([listed, last, once], ([now, before, unsure]) =>
    namesMinus(resized(now, before), unsure),
  );
}

function resized(now: Catalogue, last: Catalogue): Catalogue {
  return common(minus(now, last), last);
}

type Sets = readonly [Catalogue, Catalogue, Catalogue];

function eachSet(
  [a, b, c]: readonly [Objects, Objects, Objects],
  combine: (sets: Sets) => Catalogue,
): Objects {
  const [other, another] = [setsOf(b), setsOf(c)];
  return objectsOf(
    setsOf(a).map((set, i) =>
      combine([set, other[i] ?? EMPTY_CATALOGUE, another[i] ?? EMPTY_CATALOGUE]),
    ),
  );
}
