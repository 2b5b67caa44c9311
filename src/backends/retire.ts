import type { CallOptions } from '../locations/location.ts';
import type { RetiredPlace } from '../locations/retired-place.ts';
import {
  idsOf,
  planRetirement,
  refusal,
  refuseWithoutIndexes,
  type Needs,
  type RetirementQuestion,
} from '../replication/plan-retirement.ts';
import { setOf } from '../repository/objects.ts';
import {
  parseRetiredList,
  renderRetiredList,
  RETIRED,
  retirablesOf,
  RETIRABLE_KINDS,
  retiredDateOf,
  type RetirableKind,
  type RetirableObject,
  type RetiredObject,
} from '../repository/retired.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';

/** The steps at which a test can kill the process. */
export const RETIRE_STEPS = [
  'retire-tried',
  'retire-listed',
  ...RETIRABLE_KINDS.flatMap((kind) => [`retire-${kind}-copied`, `retire-${kind}-moved`] as const),
  ...RETIRABLE_KINDS.flatMap(
    (kind) => [`restore-${kind}-copied`, `restore-${kind}-moved`] as const,
  ),
] as const;
export type RetireStep = (typeof RETIRE_STEPS)[number];

interface MoveContext extends CallOptions {
  readonly place: RetiredPlace;
  readonly onStep: (step: RetireStep) => void;
}

/** The objects that were moved, or would be moved. */
export interface Retirement {
  /** of the directory below `.backup-syncd/retired/`; undefined when there is nothing to move */
  readonly date: string | undefined;
  /** `kind/ID`, in order */
  readonly moved: readonly string[];
  /** `DATE/keys/ID`: key files that were moved aside, now or earlier, and that still open the replica */
  readonly retiredKeys: readonly string[];
  /** dates of everything that is retired now */
  readonly dates: readonly string[];
}

export interface RetireRequest extends Omit<RetirementQuestion, 'view' | 'present'>, CallOptions {
  readonly isDryRun: boolean;
  /** milliseconds since the epoch */
  readonly now: number;
  readonly onStep: (step: RetireStep) => void;
}

export interface RestoreRequest extends Omit<MoveContext, 'place'>, Needs {
  /** undefined: the newest */
  readonly date: string | undefined;
  readonly isDryRun: boolean;
}

export interface RetireOptions extends MoveContext, RetirementQuestion, RetireRequest {}

/** Moves aside the chosen objects: snapshots, barrier, indexes, keys. Rejects before the first move if something prevents it. */
export async function retire(options: RetireOptions): Promise<Retirement> {
  const { place, present, isDryRun, onStep } = options;
  const chosen = planRetirement(options);
  if (chosen.some(({ kind }) => kind === 'keys')) await requireGoodKeys(options);
  if (chosen.length === 0) return done(undefined, [], options);
  const date = retiredDateOf(options.now);
  if (isDryRun) return done(date, chosen, options);
  const kinds = RETIRABLE_KINDS.filter((kind) => idsOf(kind, chosen).length > 0);
  await place.tryToMove({ ...options, kinds });
  onStep('retire-tried');
  const earlier = parseRetiredList((await place.readList(date, options)) ?? ''); // from the same second
  await place.writeList(date, renderRetiredList([...earlier, ...pathsOf(chosen)]), options);
  onStep('retire-listed');
  for (const kind of RETIRABLE_KINDS) {
    const ids = idsOf(kind, chosen).filter((id) => setOf(present, kind).has(id));
    await moveKind({ kind, ids, date, to: 'retired' }, options);
  }
  return done(date, chosen, options);
}

/**
 * Moves back the objects of a date, by default the newest: keys, indexes, barrier, snapshots. Rejects before the first move if a
 * file is damaged, or if an index that a snapshot may need would stay retired.
 */
export async function restoreRetired(
  context: RestoreRequest & Pick<MoveContext, 'place'>,
): Promise<Retirement> {
  const { place, isDryRun } = context;
  const retired = await place.list(context);
  const date = context.date ?? datesOf(retired).at(-1);
  if (date === undefined) return done(undefined, [], context);
  const list = await place.readList(date, context);
  if (list === undefined)
    throw refusal(
      `nothing was retired on ${date}`,
      `dates with retired objects: ${datesOf(retired).join(', ') || 'none'}`,
    );
  const listed = parseRetiredList(list);
  const objects = retired.filter(
    (object) => object.date === date && listed.has(`${object.kind}/${object.id}`),
  );
  await requireIntact(objects, context);
  const left = new Set(retired.map(({ id }) => id));
  const gone = retirablesOf([...listed]).filter(({ id }) => !left.has(id));
  const away = await indexesAway([...retired, ...gone.map((o) => ({ ...o, date }))], context);
  refuseWithoutIndexes(objects, away, context);
  if (!isDryRun && objects.length > 0) {
    const kinds = RETIRABLE_KINDS.filter((kind) => idsOf(kind, objects).length > 0);
    await place.tryToMove({ ...context, kinds });
    for (const kind of [...RETIRABLE_KINDS].reverse())
      await moveKind({ kind, ids: idsOf(kind, objects), date, to: 'repository' }, context);
  }
  return done(date, objects, context);
}

async function requireIntact(
  objects: readonly RetiredObject[],
  context: Pick<MoveContext, 'place' | 'signal'>,
): Promise<void> {
  const hashes = await context.place.hashRetired(objects, context);
  const wrong = objects.find(({ id }, i) => hashes[i] !== id);
  if (wrong === undefined) return;
  const { date, kind, id } = wrong;
  const remedy =
    kind === 'index'
      ? 'snapshots may need it: replace it with an intact copy, for example from another replica'
      : 'replace it with an intact copy, or move it out of that directory';
  throw refusal(
    `nothing was moved back: ${RETIRED}/${date}/${kind}/${id} is damaged: its content does not match its name`,
    `${remedy}, then run the command again`,
  );
}

/** The retired indexes that are not in the repository, or not intact there. */
async function indexesAway(
  moved: readonly RetiredObject[],
  context: Pick<MoveContext, 'place' | 'signal'>,
): Promise<readonly RetiredObject[]> {
  const indexes = moved.filter(({ kind }) => kind === 'index');
  const hashes = await context.place.hashObjects(indexes, context);
  return indexes.filter(({ id }, i) => hashes[i] !== id);
}

function datesOf(retired: readonly RetiredObject[]): string[] {
  return [...new Set(retired.map(({ date }) => date))].sort();
}

interface KindMove {
  readonly kind: RetirableKind;
  readonly ids: readonly string[];
  readonly date: string;
  readonly to: 'retired' | 'repository';
}

/** Resolves when they are durably at the new place and gone from the old one: the barrier between kinds. */
async function moveKind(move: KindMove, { place, onStep, signal }: MoveContext): Promise<void> {
  if (move.ids.length === 0) return;
  throwIfAborted(signal);
  const verb = move.to === 'retired' ? 'retire' : 'restore';
  await place.move(move, { signal, onCopied: () => onStep(`${verb}-${move.kind}-copied`) });
  onStep(`${verb}-${move.kind}-moved`);
}

/** Keys move only while every key of the source is there and intact: each is read and hashed, not only listed. */
async function requireGoodKeys(options: RetireOptions): Promise<void> {
  const { view, place } = options;
  const keys = [...view.objects.keys.entries()].map(({ id }) => ({ kind: 'keys' as const, id }));
  const hashes = await place.hashObjects(keys, options);
  const { client } = options.owner;
  if (keys.length === 0)
    throw noKeyMoved(
      'the source has no key for the backend to keep',
      `see: backup-syncd status ${client}`,
    );
  for (const [at, { id }] of keys.entries()) {
    if (hashes[at] === undefined)
      throw noKeyMoved(
        `keys/${id} of the source is missing at the backend`,
        `send it: backup-syncd sync ${client}`,
      );
    if (hashes[at] !== id)
      throw noKeyMoved(
        `keys/${id} is damaged at the backend`,
        `move that file out of the replica, and send it again: backup-syncd sync ${client}`,
      );
  }
}

function noKeyMoved(why: string, hint: string): SyncdError {
  return new SyncdError(
    'verify',
    `no key was moved: ${why}`,
    `${hint}, then run the command again`,
  );
}

async function done(
  date: string | undefined,
  objects: readonly RetirableObject[],
  { place, signal }: MoveContext,
): Promise<Retirement> {
  const retired = await place.list({ signal });
  return {
    date,
    moved: pathsOf(objects),
    retiredKeys: retired
      .filter(({ kind }) => kind === 'keys')
      .map(({ date: at, id }) => `${at}/keys/${id}`),
    dates: datesOf(retired),
  };
}

function pathsOf(objects: readonly RetirableObject[]): string[] {
  return objects.map(({ kind, id }) => `${kind}/${id}`);
}
