import { requireSpace } from '../locations/no-space.ts';
import type { CallOptions, CorruptObject, Location, Receipt } from '../locations/location.ts';
import { Catalogue, common, EMPTY_CATALOGUE, namesToSet } from '../repository/catalogue.ts';
import { split } from '../repository/data-catalogue.ts';
import { HASHED_KINDS, type HashedKind } from '../repository/names.ts';
import { NO_OBJECTS, withKind, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import { proveSent } from './barrier.ts';
import type { Pass, SyncStep } from './pass.ts';
import type { Spared } from '../repository/pack-arrivals.ts';
import { sendOf, type Phase, type Plan } from './plan.ts';
import { sha256 } from './take-view.ts';

/** The known content of a target, which a sync keeps up to date. */
export interface Known {
  /** Records objects that were sent in the safe order and proven to be there. */
  addPlaced(placed: Objects): void;
  setConfig(configSha256: string): void;
  /** The given objects that are or were at the target under their names. */
  hadBefore(kind: HashedKind, objects: Catalogue): Catalogue;
}

export interface SyncOptions {
  readonly pass: Pass;
  readonly source: Location;
  readonly target: Location;
  readonly known: Known;
  /** Checks again, before indexes or snapshots become visible, that what they need is still at the target. */
  readonly isStillThere: (view: View, options: CallOptions) => Promise<boolean>;
  readonly minFreeBytes: number;
  /** the parts of a view that are known to need none of these packs; absent: nothing is known */
  readonly sparedBy?: ((packs: readonly string[], view: View) => Spared) | undefined;
}

export interface CorruptSourceObject extends CorruptObject {
  readonly kind: HashedKind;
}

/** The result of a sync that was not cancelled and got no error from the target. */
export interface SyncResult {
  /**
   * replan: something in the view is gone from the source; what was sent is kept, and the view must be taken again. lost:
   * something is gone from the target; what was sent is kept, and what is gone must be sent again
   */
  readonly outcome: 'complete' | 'replan' | 'lost' | 'withheld';
  readonly corrupt: readonly CorruptSourceObject[];
  /** the number of placed objects */
  readonly placed: number;
  /** snapshots and keys of the view that were gone from the source; nothing else needs them */
  readonly dropped: Objects;
}

/** The number of corrupt objects that are named: an attacker decides how many there are. */
export const MOST_CORRUPT = 1_000;
/** Kinds whose objects refer to others. */
const NEEDY: ReadonlySet<HashedKind> = new Set(['index', 'snapshots']);

/**
 * Carries out a plan: config, keys, data, barrier, index, barrier, snapshots (I2). A barrier proves that everything that was sent
 * is there with its size; only then does the next kind become visible. At every instant, the target is as intact as it was before
 * (I3). Rejects with a classified SyncdError, or an AbortError.
 */
export async function runSync(plan: Plan, options: SyncOptions): Promise<SyncResult> {
  const { pass, target } = options;
  await target.sweep(pass);
  pass.step('swept');
  await requireSpaceFor(plan, options);
  if (plan.sendsConfig && !(await sendConfig(plan, options))) return replan();
  const corrupt: CorruptSourceObject[] = [];
  let [dropped, placed] = [NO_OBJECTS, 0];
  let spared: Spared | undefined;
  for (const kind of HASHED_KINDS) {
    throwIfAborted(pass.signal);
    const send = sendOnly(plan, kind, spared);
    if (await isMissingNeeds(plan, { kind, send }, options))
      return { outcome: 'lost', corrupt, dropped, placed };
    const receipt = await sendPhase(kind, send, options);
    placed += receipt.placed.count;
    const room = MOST_CORRUPT - corrupt.length;
    corrupt.push(...receipt.corrupt.slice(0, room).map((object) => ({ ...object, kind })));
    if (mustReplan(kind, plan, receipt)) return { outcome: 'replan', corrupt, dropped, placed };
    dropped = withDropped(dropped, kind, receipt);
    if (kind === 'data') spared = sparedOf(plan, corrupt, options);
    if (mustWithhold(kind, corrupt, spared)) break;
  }
  await target.settle(pass);
  return { outcome: corrupt.length > 0 ? 'withheld' : 'complete', corrupt, dropped, placed };
}

/** Whether something that these objects refer to has vanished from the target since it was checked. */
async function isMissingNeeds(
  { view }: Plan,
  { kind, send }: Phase,
  { isStillThere, pass }: SyncOptions,
): Promise<boolean> {
  if (send.count === 0 || !NEEDY.has(kind)) return false;
  return !(await isStillThere(view, pass));
}

/**
 * Good objects are sent even if others are corrupt. The kinds that would make them visible are held back (I5), unless only packs
 * are corrupt and it is known which indexes and snapshots need none of them.
 */
function mustWithhold(
  kind: HashedKind,
  corrupt: readonly CorruptSourceObject[],
  spared: Spared | undefined,
): boolean {
  if (corrupt.length === 0 || kind === 'keys') return false;
  return spared === undefined || corrupt.some((object) => object.kind !== 'data');
}

/** The view that may be sent although packs are corrupt; undefined if there is none, or if other objects are corrupt, too. */
function sparedOf(
  { view }: Plan,
  corrupt: readonly CorruptSourceObject[],
  { sparedBy }: SyncOptions,
): Spared | undefined {
  const areNamed = corrupt.length < MOST_CORRUPT;
  if (corrupt.length === 0 || !areNamed || corrupt.some(({ kind }) => kind !== 'data'))
    return undefined;
  return sparedBy?.(
    corrupt.map(({ id }) => id),
    view,
  );
}

function sendOnly(plan: Plan, kind: HashedKind, spared: Spared | undefined): Catalogue {
  const send = sendOf(plan, kind);
  if (spared === undefined || (kind !== 'index' && kind !== 'snapshots')) return send;
  return common(send, spared[kind]);
}

async function sendPhase(
  kind: HashedKind,
  objects: Catalogue,
  options: SyncOptions,
): Promise<Receipt> {
  if (objects.count === 0) return { placed: EMPTY_CATALOGUE, vanished: [], corrupt: [] };
  const { source, target, known, minFreeBytes, pass } = options;
  const { signal, turns } = pass;
  const onProven = (there: Catalogue) => {
    if (there.count === 0) return;
    const placed = limitTo(kind, there);
    known.addPlaced(placed);
    pass.placed(placed);
  };
  const onProgress = (moved: Omit<SyncStep, 'phase'>) => pass.moved({ phase: kind, ...moved });
  const how = { signal, minFreeBytes, turns, onProgress };
  const replaced = known.hadBefore(kind, objects);
  const receipt = await target.receive({ source, kind, objects, replaced }, how);
  pass.step(`${kind}-received`);
  await proveSent(kind, receipt.placed, { target, onProven, signal });
  if (receipt.failure !== undefined) throw receipt.failure;
  pass.step(`${kind}-proven`);
  return receipt;
}

/**
 * A vanished snapshot or key is simply dropped, unless no key would be left. A vanished pack or index means that the view is out of date.
 */
function mustReplan(kind: HashedKind, plan: Plan, { vanished, placed }: Receipt): boolean {
  if (vanished.length === 0 || kind === 'snapshots') return false;
  if (kind !== 'keys') return true;
  return plan.view.objects.keys.count - sendOf(plan, 'keys').count + placed.count === 0;
}

function withDropped(dropped: Objects, kind: HashedKind, { vanished }: Receipt): Objects {
  if (kind !== 'keys' && kind !== 'snapshots') return dropped;
  return withKind(dropped, kind, namesToSet(vanished));
}

function replan(): SyncResult {
  return { outcome: 'replan', corrupt: [], dropped: NO_OBJECTS, placed: 0 };
}

/** `config` has no hash: it is sent only if it reads the same as when the view was taken (I4). */
async function sendConfig(
  plan: Plan,
  { source, target, known, pass }: SyncOptions,
): Promise<boolean> {
  const content = await source.read('config', pass);
  if (content === undefined || sha256(content) !== plan.view.configSha256) return false;
  await target.write('config', content, pass);
  pass.step('config-written');
  const written = await target.read('config', pass);
  if (written?.equals(content) !== true) {
    throw new SyncdError(
      'verify',
      `${target.label} returned config with different content than was written`,
    );
  }
  known.setConfig(plan.view.configSha256);
  pass.moved({ phase: 'config', objects: 1, bytes: content.length });
  return true;
}

/** Reports a lack of space before the disk is full. */
async function requireSpaceFor(plan: Plan, options: SyncOptions): Promise<void> {
  if (plan.bytes === 0) return;
  const { target, minFreeBytes } = options;
  const space = await target.space(options.pass);
  requireSpace(space, { label: target.label, neededBytes: plan.bytes, minFreeBytes });
}

export function limitTo(kind: HashedKind, placed: Catalogue): Objects {
  if (kind === 'data') return withKind(NO_OBJECTS, 'data', split(placed));
  return withKind(NO_OBJECTS, kind, placed);
}
