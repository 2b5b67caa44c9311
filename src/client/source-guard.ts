import type { FactStore } from '../facts/fact-store.ts';
import {
  isAnnouncedAt,
  type Alarm,
  type AlarmReason,
  type Announcement,
} from '../facts/source-guard.ts';
import type { Log } from '../log/log.ts';
import { describeKeys } from '../report/in-words.ts';
import {
  judgeRemoval,
  REMOVAL_WINDOW_MS,
  type SuspiciousRemoval,
} from '../replication/snapshots-removed.ts';
import { common, namesMinus, type Catalogue } from '../repository/catalogue.ts';
import { latestOf, type SnapshotTimes } from '../repository/snapshot-times.ts';
import { isWithin, type Clock } from '../runtime/clock.ts';
import { overwrittenObjects } from '../facts/overwritten.ts';
import { pathOf } from '../repository/names.ts';
import { optional } from '../runtime/optional.ts';
import { agree, plural } from '../runtime/plural.ts';
import { DAY_MS, HOUR_MS } from '../runtime/units.ts';

/** Overwritten objects that are remembered by name. */
const MOST_OVERWRITTEN = 1_000;
/** Key files that are remembered; a source with more of them is reported anyway. */
const MOST_KEY_NAMES = 1_000;
/** A snapshot whose time is so much earlier than when it was first seen proves nothing about that time. */
const BACKDATED_MS = DAY_MS;
const MOST_BACKDATED = 10_000;

interface SourceGuardOptions {
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
}

/** The result of a check of `snapshots/`, compared with the check before. */
export interface SnapshotChange {
  readonly before: Catalogue;
  readonly current: Catalogue;
  /** of both */
  readonly times: SnapshotTimes;
  /** old ids that an edit replaced */
  readonly replaced: ReadonlySet<string>;
  /** new ids that replace others, whose times they have */
  readonly edited: ReadonlySet<string>;
  /** whether every edit was recognised for certain */
  readonly isWatched: boolean;
}

/** Raises an alarm when something left the source that no retention policy removes, or was overwritten. An alarm stays until a person ends it. */
export class SourceGuard {
  private readonly options: SourceGuardOptions;

  constructor(options: SourceGuardOptions) {
    this.options = options;
  }

  /** Records a check that found the same snapshots as the one before: two checks have seen each of them. */
  noteUnchanged(): void {
    const { store } = this.options;
    const { latest } = store.source.contents;
    if (latest?.id === this.known.newestSeen?.id) return;
    store.updateSource('guard', { newestSeen: latest });
    store.markForSaving();
  }

  noteSnapshots(change: SnapshotChange): void {
    const { store, clock } = this.options;
    const { before, current } = change;
    const now = clock.now();
    const kept = common(before, current);
    const added = namesMinus(current, before);
    const removed = this.removedIn(change, added.count);
    const { removed: earlier = [], newestSeen } = this.known;
    const recent = earlier.filter(({ removedAt }) => isWithin(REMOVAL_WINDOW_MS, removedAt, now));
    const backdated = this.backdatedAfter(change, added);
    const timesOf = timesSince(change.times, backdated);
    const verdict = judgeRemoval({
      kept: timesOf(kept),
      added: timesOf(added),
      removed: removed.map(({ time }) => time),
      removedBefore: recent.map(({ time }) => time),
      newestRemoved: removed.find(({ id }) => id === newestSeen?.id)?.time,
      now,
    });
    store.updateSource('guard', {
      removed: onePerHour([...recent, ...removed.map(({ time }) => ({ time, removedAt: now }))]),
      newestSeen: latestOf(kept, change.times),
      backdated,
    });
    if (verdict !== undefined) this.raise('snapshots_removed', describe(verdict, removed.length));
  }

  /** Records that objects were overwritten, as a check of their sizes has shown. */
  noteOverwritten(message: string): void {
    this.raise('objects_changed', message);
  }

  /** Notes objects that turned out to be overwritten when they were to be sent. Each of them is reported once. */
  noteUnsent(): void {
    const { store } = this.options;
    const found = overwrittenObjects(store.facts).slice(0, MOST_OVERWRITTEN);
    const { overwritten = [] } = this.known;
    if (found.length + overwritten.length === 0) return;
    const known = new Set(overwritten);
    const fresh = found.filter((name) => !known.has(name));
    if (fresh.length === 0 && found.length === known.size) return;
    store.updateSource('guard', { overwritten: found });
    store.markForSaving();
    if (fresh.length > 0) this.raise('objects_changed', describeOverwritten(fresh));
  }

  /** Notes the names of all key files at the source. A flood of them is compared with what was there before it. */
  noteKeys(keys: Catalogue): void {
    const { store, log, clock } = this.options;
    const { keyNames: known } = this.known;
    const keyNames = keys.count <= MOST_KEY_NAMES ? keys : known;
    if (known === undefined) {
      store.updateSource('guard', { keyNames });
      return;
    }
    const added = namesMinus(keys, known).count;
    const removed = namesMinus(known, keys).count;
    if (added + removed === 0) return;
    const keysChanged = { changedAt: clock.now(), added, removed };
    log.warn({ added, removed }, describeKeys(keysChanged));
    store.updateSource('guard', { keyNames, keysChanged });
    store.markForSaving();
  }

  /** Raises the alarms that follow from the state of the source. */
  noteState(): void {
    const { state, trouble, noticed } = this.options.store.source.health;
    if (state === 'damaged') this.raise('objects_removed', trouble?.message ?? '');
    const isWithoutAll = state === 'emptied' || state === 'different_repository';
    if (isWithoutAll && noticed?.isAccepted !== true)
      this.raise('snapshots_removed', trouble?.message ?? '');
  }

  /** Ends all alarms on behalf of a person; returns what they said, or undefined when there is none. */
  accept(): string[] | undefined {
    const { store } = this.options;
    const { alarms = [] } = this.known;
    if (alarms.length === 0) return undefined;
    store.updateSource('guard', { alarms: [], removed: [] });
    store.markForSaving();
    return alarms.map(({ message }) => message);
  }

  /** Announces removals: until the announcement ends, they raise no alarm. */
  announce(acknowledgement: Pick<Announcement, 'by' | 'reason'>, forMs: number): Announcement {
    const { store, log, clock } = this.options;
    const now = clock.now();
    const announced = { announcedAt: now, endsAt: now + forMs, ...acknowledgement };
    log.warn({ ...acknowledgement }, 'announced: snapshots will be removed from the source');
    store.updateSource('guard', { announced });
    store.markForSaving();
    return announced;
  }

  /** Returns the snapshots that were removed, without announced removals and edits. */
  private removedIn(
    { before, current, times, replaced, isWatched }: SnapshotChange,
    addedCount: number,
  ) {
    const now = this.options.clock.now();
    const isAnnounced = isAnnouncedAt(this.known.announced, now);
    if (isAnnounced || this.options.store.source.health.noticed?.isAccepted === true) return [];
    const gone = [...namesMinus(before, current).entries()].filter(({ id }) => !replaced.has(id));
    // without a watch, some edits cannot be told from a backup and a forget: they bring as many as they remove
    if (!isWatched && addedCount >= gone.length) return [];
    return gone.map(({ id }) => ({ id, time: times.get(id)?.time ?? now }));
  }

  /** Anyone can give files old times, and fill with fakes the ages that a removal would empty. */
  private backdatedAfter({ times, current, edited }: SnapshotChange, added: Catalogue) {
    const now = this.options.clock.now();
    const { backdated = [] } = this.known;
    const fresh = [...added.entries()].filter(
      ({ id }) => !edited.has(id) && now - (times.get(id)?.time ?? now) > BACKDATED_MS,
    );
    const all = [...backdated, ...fresh.map(({ id }) => ({ id, seenAt: now }))];
    return all.filter(({ id }) => current.has(id)).slice(-MOST_BACKDATED);
  }

  /**
   * Raises an alarm. One that is already on says how it began and what was found last, because an attack may begin with one file.
   */
  private raise(reason: AlarmReason, message: string): void {
    const { store, log, clock } = this.options;
    const { alarms = [] } = this.known;
    const before = alarms.find((alarm) => alarm.reason === reason);
    const began = before?.began ?? before?.message;
    const whole = began === undefined ? message : `${began}; later: ${message}`;
    if (message === began || whole === before?.message) return;
    log.error({ reason }, `alarm: ${message}`);
    const since = before?.since ?? clock.now();
    const alarm: Alarm = { reason, since, message: whole, ...optional({ began }) };
    store.updateSource('guard', { alarms: [...alarms.filter((one) => one !== before), alarm] });
    store.markForSaving();
  }

  private get known() {
    return this.options.store.source.guard;
  }
}

/** The times by which removals are judged. */
function timesSince(
  times: SnapshotTimes,
  backdated: readonly { readonly id: string; readonly seenAt: number }[],
): (set: Catalogue) => number[] {
  if (backdated.length === 0) return (set) => [...times.of(set)];
  const seen = new Map(backdated.map(({ id, seenAt }) => [id, seenAt]));
  return (set) => [...set.entries()].map(({ id }) => seen.get(id) ?? times.get(id)?.time ?? NaN);
}

function describeOverwritten([first = '', ...others]: readonly string[]): string {
  const count = others.length + 1;
  const what = `${plural(count, 'file')} of the source ${agree(count, 'was', 'were')} overwritten`;
  const some = count === 1 ? '' : ', for example';
  return `${what}${some}: ${pathOf(first)} does not match its name any more`;
}

/** Keeps one removal per hour. Only their ages are needed, and anyone who can write to the source decides how many there are. */
function onePerHour<T extends { readonly time: number }>(removed: readonly T[]): T[] {
  return [...new Map(removed.map((one) => [Math.floor(one.time / HOUR_MS), one])).values()];
}

function describe(verdict: SuspiciousRemoval, removed: number): string {
  const count = plural(removed, 'snapshot');
  switch (verdict.kind) {
    case 'all':
      return `${count} left the source: all that were there before`;
    case 'newest':
      return `${count} left the source, including the newest`;
    case 'ages':
      return `${count} left the source: of ${verdict.held} ages that had a snapshot, ${verdict.emptied} have none now`;
  }
}
