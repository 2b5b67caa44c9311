import { EMPTY_CATALOGUE, namesMinus, type Catalogue } from '../repository/catalogue.ts';
import type { Objects } from '../repository/objects.ts';
import {
  RETIRABLE_KINDS,
  type RetirableKind,
  type RetirableObject,
} from '../repository/retired.ts';
import type { View } from '../repository/view.ts';
import { SyncdError } from '../runtime/errors.ts';
import { wasCompleteBefore, type Arrivals } from '../repository/arrivals.ts';

/** What a person wants to have moved aside. */
export interface Selection {
  readonly keys: boolean;
  /** everything that the source no longer has, keys included */
  readonly all: boolean;
  /** `index/ID` or `snapshots/ID`; the first eight digits or more will do */
  readonly objects: readonly string[];
}

export interface RetirementQuestion {
  readonly view: View;
  readonly present: Objects;
  readonly selection: Selection;
  /** snapshots that were complete there at some time */
  readonly proven: Catalogue | undefined;
  readonly arrivals: Arrivals | undefined;
}

type Surplus = Readonly<Record<RetirableKind, Catalogue>>;

/** What is there and not at the source, by name. */
export function surplusOf(view: View, present: Objects): Surplus {
  const { objects, listedKeys = objects.keys } = view;
  return {
    keys: namesMinus(present.keys, listedKeys),
    index: namesMinus(present.index, objects.index),
    snapshots: namesMinus(present.snapshots, objects.snapshots),
  };
}

/**
 * What is moved aside, in the order in which that is safe: snapshots before the indexes that they may need. Pure. Throws a
 * SyncdError for what the source has, for what is not there, and for an index that a snapshot which stays may need.
 */
export function planRetirement(question: RetirementQuestion): readonly RetirableObject[] {
  const { view, present, selection } = question;
  const surplus = surplusOf(view, present);
  const named = selection.objects.map((path) => find(path, surplus));
  const isChosen = ({ kind, id }: RetirableObject) =>
    selection.all ||
    (kind === 'keys' && selection.keys) ||
    named.some((object) => object.kind === kind && object.id === id);
  const chosen = RETIRABLE_KINDS.flatMap((kind) =>
    [...surplus[kind].entries()].map(({ id }) => ({ kind, id })).filter(isChosen),
  );
  refuseNeeded(chosen, surplus.snapshots, question);
  return chosen;
}

function find(path: string, surplus: Surplus): RetirableObject {
  const [, kind, prefix = ''] = /^(index|snapshots)\/([0-9a-f]{8,64})$/.exec(path) ?? [];
  if (kind !== 'index' && kind !== 'snapshots')
    throw refusal(`${path} names no index or snapshot`, 'write index/ID or snapshots/ID');
  const found = [...surplus[kind].entries()].filter(({ id }) => id.startsWith(prefix));
  const [only] = found;
  if (only !== undefined && found.length === 1) return { kind, id: only.id };
  throw only === undefined
    ? refusal(
        `${path} is not there, or the source has it too`,
        'only what the source no longer has can be retired',
      )
    : refusal(`${path} stands for ${found.length} of them`, 'write more digits of its name');
}

/** A snapshot that stays and was complete before an index came needs what was there then, and not that index. */
function refuseNeeded(
  chosen: readonly RetirableObject[],
  snapshots: Catalogue,
  { proven = EMPTY_CATALOGUE, arrivals }: RetirementQuestion,
): void {
  const going = new Set(chosen.filter(({ kind }) => kind === 'snapshots').map(({ id }) => id));
  const staying = [...snapshots.entries()].map(({ id }) => id).filter((id) => !going.has(id));
  for (const { id: index } of chosen.filter(({ kind }) => kind === 'index')) {
    const needing = staying.find(
      (id) => !proven.has(id) || !wasCompleteBefore(arrivals, id, index),
    );
    if (needing === undefined) continue;
    throw refusal(
      `index/${index} may be needed by snapshots/${needing}, which would stay`,
      'retire the snapshots that the source no longer has as well: --all',
    );
  }
}

export function refusal(message: string, hint: string): SyncdError {
  return new SyncdError('permission', message, { hint });
}
