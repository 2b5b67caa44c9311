import type { LockFiles } from '../locations/location.ts';
import { common, namesMinus, plus, type Catalogue } from '../repository/catalogue.ts';
import type { DataCatalogue } from '../repository/data-catalogue.ts';
import type { Objects } from '../repository/objects.ts';
import {
  comparePacks,
  countExpected,
  expectPresent,
  withoutPacks,
  type ExpectedPacks,
  type PackChanges,
} from '../repository/expected-packs.ts';
import { isWithin } from '../runtime/clock.ts';
import { DAY_MS, HOUR_MS } from '../runtime/units.ts';
import { activityBetween, isHeld, wasHeld, type ResticActivity } from './restic-activity.ts';

/**
 * The record of the objects at a source, which shows when some vanish, even across restarts.
 *
 * A prune of restic writes new indexes, then removes old ones, then the packs that only these named. So packs that vanish after an
 * index was replaced are explained. But each prune first removes the packs that no index names, which a killed backup or an
 * interrupted prune left behind, and does not touch an index for that. Without the password, these cannot be distinguished from
 * lost packs. But restic's lock files show whether restic was running at all.
 */
export interface SourceRecord {
  readonly index: Catalogue;
  /** including those that have vanished, until that is explained */
  readonly packs: ExpectedPacks;
  /** indexes that appeared at the last check that found new ones: a prune removes the old ones next */
  readonly newIndex?: NewIndex | undefined;
  /**
   * packs that a killed backup may have left, because they were seen before an index that could name them, or next to the lock of
   * a running restic; since an index was last replaced
   */
  readonly early: number;
  /** when an index was last replaced, milliseconds since the epoch; undefined if that was never seen */
  readonly replacedAt?: number | undefined;
  /** packs that have vanished without an explanation */
  readonly vanished?: Vanished | undefined;
  /** indexes that vanished while no new one appeared */
  readonly lostIndex?: Catalogue | undefined;
  /** packs have appeared since then, as a backup writes them */
  readonly hasPacksSince: boolean;
  /** the number of consecutive checks at which `config`, all keys or an index was missing */
  readonly incompleteLooks: number;
  /** an index is missing, and restic holds a lock: `prune --unsafe-recover-no-free-space` removes all before it writes */
  readonly isReplacing: boolean;
  /** when a check last found the packs as remembered, milliseconds since the epoch */
  readonly lookedAt: number;
  /** when that check began */
  readonly locks?: LockFiles | undefined;
  /** whether locks came or went when something was last written: only then does their absence mean anything */
  readonly locksTell: boolean;
}

export interface NewIndex {
  readonly ids: Catalogue;
  /** milliseconds since the epoch */
  readonly at: number;
}

export interface Vanished {
  /** when it was detected, milliseconds since the epoch */
  readonly since: number;
  readonly count: number;
  /** the number of packs that were expected */
  readonly total: number;
  /** how many of them may be leftovers of a killed backup or an interrupted prune */
  readonly excused: number;
  /** restic was running when they vanished, and still is: it may be about to replace the indexes */
  readonly isPending: boolean;
  /** undefined if the names of some are unknown */
  readonly ids?: DataCatalogue | undefined;
}

/** One check of a source that has a `config` and a key. */
export interface SourceScan {
  readonly objects: Objects;
  /** the locks before and after the objects were listed; undefined if the place does not report them */
  readonly locksBefore: LockFiles | undefined;
  readonly locksAfter: LockFiles | undefined;
  /** snapshots that appeared since the previous check */
  readonly newSnapshots: number;
  /** milliseconds since the epoch */
  readonly now: number;
}

/** Packs that vanish within this time after an index was replaced are explained, milliseconds: a prune takes its time. */
const EXPLAINED_MS = DAY_MS;
/** Old indexes that are removed within this time after new ones appeared were replaced by them, milliseconds. */
const REPLACING_MS = HOUR_MS;
/** A loss of at least this share of the packs is damage. */
const MANY = 0.05;
/** The number of consecutive checks before something missing counts as lost. */
const CERTAIN_CHECKS = 2;

const NOTHING_LOST = {
  incompleteLooks: 0,
  isReplacing: false,
  lostIndex: undefined,
  hasPacksSince: false,
};
const NOTHING_GONE = { ...NOTHING_LOST, vanished: undefined };

/** The record after a check. Pure. */
export function recordScan(known: SourceRecord | undefined, scan: SourceScan): SourceRecord {
  if (known === undefined) return { ...firstRecord(scan), locks: scan.locksBefore };
  const { tells, activity } = judgeActivity(known, scan);
  const isReplaced = replacesIndex(known, scan, activity);
  const noted = isReplaced
    ? withIndexReplaced(known, scan)
    : withIndex({ ...known, locksTell: tells }, scan, activity);
  if (noted.incompleteLooks > 0) return noted;
  const packs = isReplaced ? noted : withPacks(noted, scan, { activity, before: known });
  const newIndex = newIndexOf(known, scan);
  const { now, locksBefore } = scan;
  return { ...packs, newIndex, locksTell: tells, locks: locksBefore, lookedAt: now };
}

/** The record after a check that found everything as remembered. Pure. */
export function recordUnchanged(
  record: SourceRecord,
  locks: LockFiles | undefined,
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

/** The record after a check that found no `config` or no key. Pure. */
export function recordIncomplete(record: SourceRecord): SourceRecord {
  return { ...record, incompleteLooks: record.incompleteLooks + 1 };
}

/**
 * The expected packs after a person accepted a loss. Undefined if unknown: the next check is then like the first one. Pure.
 */
export function acceptLoss(record: SourceRecord): SourceRecord | undefined {
  const { vanished, incompleteLooks, lostIndex, packs } = record;
  if (incompleteLooks > 0 && lostIndex === undefined) return undefined;
  if (vanished === undefined) return { ...record, ...NOTHING_GONE };
  if (vanished.ids === undefined) return undefined;
  return { ...record, ...NOTHING_GONE, packs: withoutPacks(packs, vanished.ids) };
}

/** Whether a loss makes the source suspect or damaged. Pure. */
export function stateOf(record: SourceRecord): 'ok' | 'suspect' | 'damaged' {
  const { incompleteLooks, isReplacing, vanished } = record;
  if (incompleteLooks > 0)
    return incompleteLooks >= CERTAIN_CHECKS && !isReplacing ? 'damaged' : 'suspect';
  if (vanished === undefined) return 'ok';
  const counted = vanished.count - vanished.excused;
  const isMany = counted > 0 && counted >= MANY * vanished.total;
  return isMany && !vanished.isPending ? 'damaged' : 'suspect';
}

function firstRecord({ objects, locksBefore, now }: SourceScan): SourceRecord {
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

/** If something is written without a lock, the locks of this source mean nothing. */
function judgeActivity(record: SourceRecord, scan: SourceScan): Activity {
  const { locksAfter, now } = scan;
  const activity = activityBetween(record.locks, locksAfter, { tells: record.locksTell, now });
  if (!isWritten(record, scan)) return { tells: record.locksTell, activity };
  return activity === 'active' ? { tells: true, activity } : { tells: false, activity: 'unknown' };
}

function isWritten(record: SourceRecord, { objects, newSnapshots }: SourceScan): boolean {
  if (newSnapshots > 0 || namesMinus(objects.index, record.index).count > 0) return true;
  return comparePacks(record.packs, objects.data).arrived > 0;
}

/** Whether indexes were replaced, as by a prune or a repair: some are gone, and new ones appeared. */
function replacesIndex(record: SourceRecord, scan: SourceScan, activity: ResticActivity): boolean {
  const { index, snapshots } = scan.objects;
  const isNew = namesMinus(index, record.index).count > 0;
  const isGone = namesMinus(record.index, index).count > 0;
  if (!isGone) return isNew && isRebuilt(record, scan);
  if (isNew || snapshots.count === 0) return true;
  const { newIndex } = record;
  const isNewLeft = newIndex !== undefined && common(newIndex.ids, index).count > 0;
  return isNewLeft && activity !== 'idle';
}

function newIndexOf(record: SourceRecord, { objects, now }: SourceScan): NewIndex | undefined {
  const ids = namesMinus(objects.index, record.index);
  if (ids.count > 0) return { ids, at: now };
  return isWithin(REPLACING_MS, record.newIndex?.at, now) ? record.newIndex : undefined;
}

/** `repair index` writes a new index when none was left, and no packs. A backup would upload all packs that no index names. */
function isRebuilt(record: SourceRecord, { objects }: SourceScan): boolean {
  const isEmptied = record.lostIndex !== undefined && record.index.count === 0;
  if (!isEmptied || record.hasPacksSince) return false;
  return comparePacks(record.packs, objects.data).arrived === 0;
}

/** Everything that vanished before is explained. */
function withIndexReplaced(record: SourceRecord, { objects, now }: SourceScan): SourceRecord {
  const { index, data } = objects;
  return { ...record, ...NOTHING_GONE, index, packs: data.shards, early: 0, replacedAt: now };
}

/** Sets `incompleteLooks` while an index is missing that was not replaced. */
function withIndex(record: SourceRecord, scan: SourceScan, activity: ResticActivity): SourceRecord {
  const { index } = scan.objects;
  const { lostIndex } = record;
  const gone = namesMinus(record.index, index);
  const isBack = lostIndex === undefined || namesMinus(lostIndex, index).count === 0;
  if (gone.count === 0 && isBack) return { ...record, ...NOTHING_LOST, index };
  const incompleteLooks = record.incompleteLooks + 1;
  if (lostIndex !== undefined) {
    const arrived = comparePacks(record.packs, scan.objects.data).arrived > 0;
    const hasPacksSince = record.hasPacksSince || arrived;
    return {
      ...withIndexLost(record, scan, plus(lostIndex, gone)),
      incompleteLooks,
      hasPacksSince,
    };
  }
  const isReplacing = activity !== 'idle' && wasHeld(scan);
  const isCertain = activity === 'idle' || (incompleteLooks >= CERTAIN_CHECKS && !isReplacing);
  if (!isCertain) return { ...record, incompleteLooks, isReplacing };
  return { ...withIndexLost(record, scan, gone), incompleteLooks };
}

function withIndexLost(
  record: SourceRecord,
  { objects }: SourceScan,
  lostIndex: Catalogue,
): SourceRecord {
  const { index, data } = objects;
  const packs = expectPresent(record.packs, data, { hasLoss: record.vanished !== undefined });
  return { ...record, index, packs, lostIndex, isReplacing: false };
}

interface PackContext {
  readonly activity: ResticActivity;
  /** the record before this check */
  readonly before: SourceRecord;
}

function withPacks(record: SourceRecord, scan: SourceScan, context: PackContext): SourceRecord {
  const { objects, locksAfter } = scan;
  const { activity, before } = context;
  const changes = comparePacks(record.packs, objects.data);
  const hasNewIndex = namesMinus(record.index, before.index).count > 0;
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
    vanished: vanishedAt(scan, { record, changes, excused, activity }),
  };
}

function isNothingLost({ gone, isUncertain }: PackChanges, hasLoss: boolean): boolean {
  return gone === 0 && !(hasLoss && isUncertain);
}

interface Loss {
  readonly record: SourceRecord;
  readonly changes: PackChanges;
  /** the packs that vanished since the previous check */
  readonly excused: number;
  readonly activity: ResticActivity;
}

function vanishedAt({ now, locksAfter }: SourceScan, loss: Loss): Vanished {
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
    ids: goneIds ?? (gone === before.count ? record.vanished?.ids : undefined), // the counts are equal
  };
  return { ...vanished, isPending: mayBePending && isPendingAt(vanished, locksAfter, now) };
}

/** It is unknown which of the missing packs are back, so none counts as back. */
function withUncertain(
  changes: PackChanges,
  before: number,
): Pick<PackChanges, 'gone' | 'goneIds'> {
  if (before === 0 || !changes.isUncertain) return changes;
  return { gone: Math.max(changes.gone, before), goneIds: undefined };
}

/**
 * A prune removes packs after it has replaced indexes, perhaps over several checks. It is unknown when they vanished, only when
 * they were last seen.
 */
function isExplained({ replacedAt, lookedAt }: SourceRecord, activity: ResticActivity): boolean {
  return activity !== 'idle' && isWithin(EXPLAINED_MS, replacedAt, lookedAt);
}

/**
 * How many of the packs that just vanished restic may have removed although no index was replaced recently: leftovers of a killed
 * backup, or of a prune that was interrupted after it had replaced the indexes. If such a backup is repeated before the next
 * check, its packs seem to have come with the new index, so all are excused while locks show that restic is running.
 */
function excusable(fresh: number, { early }: SourceRecord, activity: ResticActivity): number {
  if (activity === 'idle') return 0;
  return activity === 'active' ? fresh : Math.min(fresh, early);
}

function isPendingAt({ since }: Vanished, locks: LockFiles | undefined, now: number): boolean {
  return isHeld(locks, now) && isWithin(EXPLAINED_MS, since, now);
}
