import type { LockSigns } from '../locations/location.ts';
import { common, plus, type Catalogue } from '../repository/catalogue.ts';
import type { DataCatalogue } from '../repository/data-catalogue.ts';
import type { Objects } from '../repository/objects.ts';
import {
  comparePacks,
  countExpected,
  expectPresent,
  idsMinus,
  withoutPacks,
  type ExpectedPacks,
  type PackChanges,
} from '../repository/expected-packs.ts';
import { isWithin } from '../runtime/clock.ts';
import { activityBetween, isHeld, type ResticActivity } from './restic-activity.ts';

/**
 * What is remembered of the objects at a source, so that it is noticed when some vanish, whatever the restarts between.
 *
 * A prune of restic writes new indexes, then removes old ones, then the packs that only these named. So packs that
 * vanish after an index was replaced are explained. But each prune first removes the packs that no index names, which a
 * killed backup or an interrupted prune has left, and it touches no index for that. Without the password nobody can tell
 * these from packs that are lost; what can be told is whether restic was at work at all, by its lock files.
 */
export interface SourceRecord {
  readonly index: Catalogue;
  /** those that have vanished included, until that is explained */
  readonly packs: ExpectedPacks;
  /** indexes that came at the last look that found new ones: a prune removes the old ones next */
  readonly newIndex?: NewIndex | undefined;
  /** packs that a killed backup may have left, as they were seen before an index that could name them, or beside the
   * lock of a restic that had not ended; since an index was last replaced */
  readonly early: number;
  /** when an index was last replaced, milliseconds since the epoch; undefined when that was never seen */
  readonly replacedAt?: number | undefined;
  /** packs that have vanished without an explanation */
  readonly vanished?: Vanished | undefined;
  /** indexes that have vanished while no new one came */
  readonly lostIndex?: Catalogue | undefined;
  /** packs have come since then, as a backup writes them */
  readonly hasPacksSince: boolean;
  /** looks in a row at which `config`, all keys or an index was gone */
  readonly incompleteLooks: number;
  /** an index is gone, and restic holds a lock: a `prune --unsafe-recover-no-free-space` removes all before it writes */
  readonly isReplacing: boolean;
  /** when the last look was that found the packs as they are remembered, milliseconds since the epoch */
  readonly lookedAt: number;
  /** as that look began */
  readonly locks?: LockSigns | undefined;
  /** whether locks came or went when something was last written: only then does their absence tell anything */
  readonly locksTell: boolean;
}

export interface NewIndex {
  readonly ids: Catalogue;
  /** milliseconds since the epoch */
  readonly at: number;
}

export interface Vanished {
  /** when it was noticed, milliseconds since the epoch */
  readonly since: number;
  readonly count: number;
  /** of so many packs that were expected */
  readonly total: number;
  /** how many of them may be what a killed backup or an interrupted prune has left */
  readonly excused: number;
  /** restic was at work when they vanished, and still is: it may be about to replace the indexes */
  readonly isPending: boolean;
  /** undefined when some are not known by name */
  readonly ids?: DataCatalogue | undefined;
}

/** One look at a source that holds a `config` and a key. */
export interface SourceLook {
  readonly objects: Objects;
  /** before and after the objects were listed; undefined where the place does not tell */
  readonly locksBefore: LockSigns | undefined;
  readonly locksAfter: LockSigns | undefined;
  /** snapshots that came since the look before */
  readonly newSnapshots: number;
  /** milliseconds since the epoch */
  readonly now: number;
}

/** Packs that vanish within this time after an index was replaced are explained, milliseconds: a prune takes its time. */
const EXPLAINED_MS = 24 * 3_600_000;
/** Old indexes that are removed so soon after new ones came were replaced by them, milliseconds. */
const REPLACING_MS = 3_600_000;
/** From this share of the packs on, a loss is damage. */
const MANY = 0.05;
/** Looks in a row before something that is gone counts as lost. */
const CERTAIN_LOOKS = 2;

const NOTHING_LOST = {
  incompleteLooks: 0,
  isReplacing: false,
  lostIndex: undefined,
  hasPacksSince: false,
};
const NOTHING_GONE = { ...NOTHING_LOST, vanished: undefined };

/** What is remembered after a look. Pure. */
export function noteLook(known: SourceRecord | undefined, look: SourceLook): SourceRecord {
  if (known === undefined) return { ...firstRecord(look), locks: look.locksBefore };
  const { tells, activity } = judgeActivity(known, look);
  const isReplaced = replacesIndex(known, look, activity);
  const noted = isReplaced
    ? withIndexReplaced(known, look)
    : noteIndex({ ...known, locksTell: tells }, look, activity);
  if (noted.incompleteLooks > 0) return noted;
  const packs = isReplaced ? noted : notePacks(noted, look, { activity, before: known });
  const newIndex = newIndexOf(known, look);
  const { now, locksBefore } = look;
  return { ...packs, newIndex, locksTell: tells, locks: locksBefore, lookedAt: now };
}

/** What is remembered after a look that found everything as it is remembered. Pure. */
export function noteQuietLook(
  record: SourceRecord,
  locks: LockSigns | undefined,
  now: number,
): SourceRecord {
  const { vanished, newIndex } = record;
  const hasEnded = vanished?.isPending === true && !isPendingAt(vanished, locks, now);
  return {
    ...record,
    locks,
    lookedAt: now,
    newIndex: isWithin(REPLACING_MS, newIndex?.at, now) ? newIndex : undefined,
    ...(hasEnded && { vanished: { ...vanished, isPending: false } }),
  };
}

/** What is remembered after a look that found no `config` or no key. Pure. */
export function noteIncompleteLook(record: SourceRecord): SourceRecord {
  return { ...record, incompleteLooks: record.incompleteLooks + 1 };
}

/**
 * What is expected once a person has accepted what is gone. Undefined when that is not known: then the next look is as the
 * first one. Pure.
 */
export function acceptLoss(record: SourceRecord): SourceRecord | undefined {
  const { vanished, incompleteLooks, lostIndex, packs } = record;
  if (incompleteLooks > 0 && lostIndex === undefined) return undefined;
  if (vanished === undefined) return { ...record, ...NOTHING_GONE };
  if (vanished.ids === undefined) return undefined;
  return { ...record, ...NOTHING_GONE, packs: withoutPacks(packs, vanished.ids) };
}

/** Whether what is gone from the source makes it suspect or damaged. Pure. */
export function stateOf(record: SourceRecord): 'ok' | 'suspect' | 'damaged' {
  const { incompleteLooks, isReplacing, vanished } = record;
  if (incompleteLooks > 0)
    return incompleteLooks >= CERTAIN_LOOKS && !isReplacing ? 'damaged' : 'suspect';
  if (vanished === undefined) return 'ok';
  const counted = vanished.count - vanished.excused;
  const isMany = counted > 0 && counted >= MANY * vanished.total;
  return isMany && !vanished.isPending ? 'damaged' : 'suspect';
}

function firstRecord({ objects, locksBefore, now }: SourceLook): SourceRecord {
  return {
    lookedAt: now,
    index: objects.index,
    packs: objects.data.shards,
    early: (locksBefore?.count ?? 0) > 0 ? objects.data.count : 0,
    ...NOTHING_GONE,
    locksTell: false,
  };
}

interface Activity {
  readonly tells: boolean;
  readonly activity: ResticActivity;
}

/** What is written without a lock shows that the locks of this source tell nothing. */
function judgeActivity(record: SourceRecord, look: SourceLook): Activity {
  const { locksAfter, now } = look;
  const activity = activityBetween(record.locks, locksAfter, { tells: record.locksTell, now });
  if (!isWritten(record, look)) return { tells: record.locksTell, activity };
  return activity === 'active' ? { tells: true, activity } : { tells: false, activity: 'unknown' };
}

function isWritten(record: SourceRecord, { objects, newSnapshots }: SourceLook): boolean {
  if (newSnapshots > 0 || idsMinus(objects.index, record.index).count > 0) return true;
  return comparePacks(record.packs, objects.data).arrived > 0;
}

/** Whether indexes were replaced, as a prune and a repair do it: some are gone, and new ones are there. */
function replacesIndex(record: SourceRecord, look: SourceLook, activity: ResticActivity): boolean {
  const { index, snapshots } = look.objects;
  const isNew = idsMinus(index, record.index).count > 0;
  const isGone = idsMinus(record.index, index).count > 0;
  if (!isGone) return isNew && isRebuilt(record, look);
  if (isNew || snapshots.count === 0) return true;
  const { newIndex } = record;
  const isNewLeft = newIndex !== undefined && common(newIndex.ids, index).count > 0;
  return isNewLeft && activity !== 'idle';
}

function newIndexOf(record: SourceRecord, { objects, now }: SourceLook): NewIndex | undefined {
  const ids = idsMinus(objects.index, record.index);
  if (ids.count > 0) return { ids, at: now };
  return isWithin(REPLACING_MS, record.newIndex?.at, now) ? record.newIndex : undefined;
}

/** `repair index` brings a new index where none was left, and no packs: a backup uploads all that no index names. */
function isRebuilt(record: SourceRecord, { objects }: SourceLook): boolean {
  const isEmptied = record.lostIndex !== undefined && record.index.count === 0;
  if (!isEmptied || record.hasPacksSince) return false;
  return comparePacks(record.packs, objects.data).arrived === 0;
}

/** Whatever has vanished before is explained. */
function withIndexReplaced(record: SourceRecord, { objects, now }: SourceLook): SourceRecord {
  const { index, data } = objects;
  return { ...record, ...NOTHING_GONE, index, packs: data.shards, early: 0, replacedAt: now };
}

/** Sets `incompleteLooks` while an index is gone that was not replaced. */
function noteIndex(record: SourceRecord, look: SourceLook, activity: ResticActivity): SourceRecord {
  const { index } = look.objects;
  const { lostIndex } = record;
  const gone = idsMinus(record.index, index);
  const isBack = lostIndex === undefined || idsMinus(lostIndex, index).count === 0;
  if (gone.count === 0 && isBack) return { ...record, ...NOTHING_LOST, index };
  const incompleteLooks = record.incompleteLooks + 1;
  if (lostIndex !== undefined) {
    const arrived = comparePacks(record.packs, look.objects.data).arrived > 0;
    const hasPacksSince = record.hasPacksSince || arrived;
    return {
      ...withIndexLost(record, look, plus(lostIndex, gone)),
      incompleteLooks,
      hasPacksSince,
    };
  }
  const isReplacing = activity !== 'idle' && isHeld(look.locksAfter, look.now);
  const isCertain = activity === 'idle' || (incompleteLooks >= CERTAIN_LOOKS && !isReplacing);
  if (!isCertain) return { ...record, incompleteLooks, isReplacing };
  return { ...withIndexLost(record, look, gone), incompleteLooks };
}

function withIndexLost(
  record: SourceRecord,
  { objects }: SourceLook,
  lostIndex: Catalogue,
): SourceRecord {
  const { index, data } = objects;
  const packs = expectPresent(record.packs, data, { hasLoss: record.vanished !== undefined });
  return { ...record, index, packs, lostIndex, isReplacing: false };
}

interface PackContext {
  readonly activity: ResticActivity;
  /** as it was remembered before this look */
  readonly before: SourceRecord;
}

function notePacks(record: SourceRecord, look: SourceLook, context: PackContext): SourceRecord {
  const { objects, locksAfter } = look;
  const { activity, before } = context;
  const changes = comparePacks(record.packs, objects.data);
  const hasNewIndex = idsMinus(record.index, before.index).count > 0;
  const mayBeLeft = !hasNewIndex || (locksAfter?.count ?? 0) > 0;
  const early = record.early + (mayBeLeft ? changes.arrived : 0);
  const { vanished } = record;
  const hasLoss = vanished !== undefined;
  if (isNothingLost(changes, hasLoss) || (!hasLoss && isExplained(record, activity)))
    return { ...record, packs: objects.data.shards, vanished: undefined, early };
  const fresh = changes.gone - (vanished?.count ?? 0);
  const excused = fresh <= 0 ? 0 : excusable(fresh, record, activity);
  return {
    ...record,
    packs: expectPresent(record.packs, objects.data, { hasLoss }),
    early: Math.max(0, early - excused),
    vanished: vanishedAt(look, { record, changes, excused, activity }),
  };
}

function isNothingLost({ gone, isUncertain }: PackChanges, hasLoss: boolean): boolean {
  return gone === 0 && !(hasLoss && isUncertain);
}

interface Loss {
  readonly record: SourceRecord;
  readonly changes: PackChanges;
  /** of those that have vanished since the look before */
  readonly excused: number;
  readonly activity: ResticActivity;
}

function vanishedAt({ now, locksAfter }: SourceLook, loss: Loss): Vanished {
  const { record, changes, activity } = loss;
  const before = record.vanished ?? { since: now, count: 0, total: 0, excused: 0 };
  const { gone, goneIds } = withUncertain(changes, before.count);
  const mayBePending = 'isPending' in before ? before.isPending : activity !== 'idle';
  const vanished: Vanished = {
    since: before.since,
    count: gone,
    total: Math.max(countExpected(record.packs), before.total),
    excused: Math.min(gone, before.excused + loss.excused),
    isPending: false,
    ids: goneIds ?? (gone === before.count ? record.vanished?.ids : undefined), // by number they are the same
  };
  return { ...vanished, isPending: mayBePending && isPendingAt(vanished, locksAfter, now) };
}

/** Which of the packs that were missing before are back is not known: none is taken for it. */
function withUncertain(
  changes: PackChanges,
  before: number,
): Pick<PackChanges, 'gone' | 'goneIds'> {
  if (before === 0 || !changes.isUncertain) return changes;
  return { gone: Math.max(changes.gone, before), goneIds: undefined };
}

/**
 * A prune removes packs after it has replaced indexes, perhaps over several looks. When they vanished is not known, only
 * when they were last seen.
 */
function isExplained({ replacedAt, lookedAt }: SourceRecord, activity: ResticActivity): boolean {
  return activity !== 'idle' && isWithin(EXPLAINED_MS, replacedAt, lookedAt);
}

/**
 * How many of the packs that have just vanished restic may have removed though no index was replaced lately: those that a
 * killed backup has left, or a prune that was interrupted after it had replaced the indexes. When such a backup is repeated
 * before anybody looks, its packs seem to have come with the new index, so while locks show restic at work all are excused.
 */
function excusable(fresh: number, { early }: SourceRecord, activity: ResticActivity): number {
  if (activity === 'idle') return 0;
  return activity === 'active' ? fresh : Math.min(fresh, early);
}

function isPendingAt({ since }: Vanished, locks: LockSigns | undefined, now: number): boolean {
  return isHeld(locks, now) && isWithin(EXPLAINED_MS, since, now);
}
