import { findNeeding, type Arrivals } from '../repository/arrivals.ts';
import { EMPTY_CATALOGUE, namesMinus, type Catalogue, namesOf } from '../repository/catalogue.ts';
import type { Objects } from '../repository/objects.ts';
import {
  RETIRABLE_KINDS,
  type RetirableKind,
  type RetirableObject,
  type RetiredObject,
} from '../repository/retired.ts';
import type { View } from '../repository/view.ts';
import { SyncdError } from '../runtime/errors.ts';

/** The objects that a person wants to move aside. */
export interface Selection {
  readonly keys: boolean;
  /** everything that the source no longer has, including keys */
  readonly all: boolean;
  /** `index/ID` or `snapshots/ID`; at least the first eight digits of the ID */
  readonly objects: readonly string[];
}

/** The known facts about the snapshots and indexes of a backend. */
export interface Needs {
  readonly owner: { readonly client: string; readonly backend: string };
  /** snapshots that are complete there, or were when they were moved aside */
  readonly complete: Catalogue | undefined;
  readonly arrivals: Arrivals | undefined;
}

export interface RetirementQuestion extends Needs {
  readonly view: View;
  readonly present: Objects;
  readonly selection: Selection;
}

type Surplus = Readonly<Record<RetirableKind, Catalogue>>;

/** Finds objects that the backend has and the source does not, by name. */
function surplusOf(view: View, present: Objects): Surplus {
  const { objects, listedKeys = objects.keys } = view;
  return {
    keys: namesMinus(present.keys, listedKeys),
    index: namesMinus(present.index, objects.index),
    snapshots: namesMinus(present.snapshots, objects.snapshots),
  };
}

/**
 * Chooses what to move aside, in a safe order: snapshots before the indexes that they may need. Pure.
 *
 * @throws SyncdError for an object that the source has or the backend lacks, and for an index that a remaining snapshot may need
 */
export function planRetirement(question: RetirementQuestion): readonly RetirableObject[] {
  const { view, present, selection } = question;
  const surplus = surplusOf(view, present);
  const named = selection.objects.length === 0 ? NONE : findAll(question, surplus);
  const isChosen = ({ kind, id }: RetirableObject) =>
    selection.all || (kind === 'keys' && selection.keys) || named.has(`${kind}/${id}`);
  const chosen = RETIRABLE_KINDS.flatMap((kind) =>
    [...surplus[kind].entries()].map(({ id }) => ({ kind, id })).filter(isChosen),
  );
  refuseNeeded(chosen, surplus.snapshots, question);
  return chosen;
}

const NONE: ReadonlySet<string> = new Set();
/** The minimum number of digits of an ID. */
const DIGITS = 8;

function findAll({ selection, owner }: RetirementQuestion, surplus: Surplus): ReadonlySet<string> {
  const byStart = new Map<string, string[]>();
  for (const kind of ['index', 'snapshots'] as const)
    for (const { id } of surplus[kind].entries()) {
      const start = `${kind}/${id.slice(0, DIGITS)}`;
      const twins = byStart.get(start);
      if (twins === undefined) byStart.set(start, [`${kind}/${id}`]);
      else twins.push(`${kind}/${id}`);
    }
  const list = `to list what can be retired, run: ${command('retire', owner)} --all --dry-run`;
  return new Set(selection.objects.map((path) => find(path, byStart, list)));
}

function find(path: string, byStart: ReadonlyMap<string, readonly string[]>, list: string): string {
  const [start] = /^(?:index|snapshots)\/[0-9a-f]{8}(?=[0-9a-f]{0,56}$)/.exec(path) ?? [];
  if (start === undefined)
    throw refusal(
      `${path} is not the name of an index or a snapshot`,
      'write index/ID or snapshots/ID, with at least eight digits of the ID',
    );
  const found = (byStart.get(start) ?? []).filter((whole) => whole.startsWith(path));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw only === undefined
    ? refusal(
        `${path} cannot be retired: the backend does not have it, or the source still does`,
        list,
      )
    : refusal(`${path} matches ${found.length} objects`, 'write more digits of the ID');
}

function refuseNeeded(
  chosen: readonly RetirableObject[],
  surplus: Catalogue,
  { complete = EMPTY_CATALOGUE, arrivals, owner }: RetirementQuestion,
): void {
  const going = new Set(idsOf('snapshots', chosen));
  const staying = namesOf(surplus).filter((id) => !going.has(id));
  const needing = findNeeding(arrivals, staying, (id) => complete.has(id));
  for (const index of idsOf('index', chosen)) {
    const snapshot = needing(index);
    if (snapshot !== undefined)
      throw refusal(
        `index/${index} stays: snapshots/${snapshot} may need it`,
        `to also retire the snapshots that the source no longer has, run: ${command('retire', owner)} --all`,
      );
  }
}

/**
 * Refuses to move snapshots back while an index that they may need stays retired. Pure.
 *
 * @param objects the objects to move back, all of one date
 * @param away the retired indexes that are not at the backend; one of the same date that is not moved back is lost
 * @throws SyncdError
 */
export function refuseWithoutIndexes(
  objects: readonly RetiredObject[],
  away: readonly RetiredObject[],
  { complete = EMPTY_CATALOGUE, arrivals, owner }: Needs,
): void {
  const coming = new Set(idsOf('index', objects));
  const needing = findNeeding(arrivals, idsOf('snapshots', objects), (id) => complete.has(id));
  for (const { id, date } of away.filter((index) => !coming.has(index.id))) {
    const snapshot = needing(id);
    const isGone = objects.some((object) => object.date === date);
    if (snapshot !== undefined)
      throw refusal(
        `snapshots/${snapshot} stays retired: it may need index/${id}, which was retired at ${date}`,
        isGone
          ? 'it is gone from there: put an intact copy back, for example from another replica'
          : `move that back first: ${command('restore-retired', owner)} ${date}`,
      );
  }
}

function command(verb: string, { client, backend }: Needs['owner']): string {
  return `backup-syncd backend ${verb} ${client} ${backend}`;
}

/** The IDs of one kind. */
export function idsOf(kind: RetirableKind, objects: readonly RetirableObject[]): string[] {
  return objects.filter((object) => object.kind === kind).map(({ id }) => id);
}

/** The error for an object that is not moved, with what to do. */
export function refusal(message: string, hint: string): SyncdError {
  return new SyncdError('permission', message, hint);
}
