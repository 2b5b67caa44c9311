import type { Location, ObjectStat } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { minus, namesOf } from '../repository/catalogue.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import { latestOf } from '../repository/snapshot-times.ts';
import { observeTimes } from '../replication/snapshot-age.ts';
import { findEdits, type FileTimes, type NameEvent } from '../replication/snapshot-edits.ts';
import { holdAgainstClock, holdOneAgainstClock } from '../replication/wrong-clock.ts';
import type { TakenView } from '../replication/take-view.ts';
import type { Clock } from '../runtime/clock.ts';
import { isAnywhere } from '../facts/evaluate.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { SourceGuard } from './source-guard.ts';
import { agree, plural } from '../runtime/plural.ts';

/** How long a snapshot may exist before the one that it replaces is gone, in milliseconds. */
const RECENT_MS = 10_000;
const MOST_EVENTS = 2_000;

interface SnapshotTrackerOptions {
  readonly source: Location;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly guard: SourceGuard;
}

/** Records which snapshots appeared at the source and which left, and when each was made. */
export class SnapshotTracker {
  private readonly options: SnapshotTrackerOptions;
  /** files of recent snapshots: one may be seen before the snapshot that it replaces is gone */
  private readonly recent = new Map<string, FileTimes & { readonly seenAt: number }>();
  private readonly events: NameEvent[] = [];
  private seenIndex: Catalogue | undefined;
  private hasChecked = false;

  constructor(options: SnapshotTrackerOptions) {
    this.options = options;
  }

  /** Records that a name appeared in `snapshots/` or left it, as reported by a watch. */
  noteEvent(name: string): void {
    this.events.push({ name, at: this.options.clock.elapsedMs() });
    if (this.events.length > MOST_EVENTS) this.events.shift();
  }

  async note({ view, snapshotsChangedAt }: TakenView, signal: AbortSignal): Promise<void> {
    const { source, clock, store } = this.options;
    const { times, claims, lostUnreplicated } = store.facts.history;
    const current = view.objects.snapshots;
    const fresh = times.missingFrom(current);
    const stats = await source.stat('snapshots', fresh, { signal });
    const before = store.source.contents.snapshots;
    this.noteFiles(stats);
    const edits = findEdits({
      times,
      before,
      current,
      files: this.recent,
      events: this.events,
      directoryChangedAt: snapshotsChangedAt,
      indexChanged: this.seenIndex !== view.objects.index,
    });
    this.seenIndex = view.objects.index;
    for (const id of edits.keys()) this.recent.delete(id);
    const { times: observed, claims: claimed } = observeTimes({
      times,
      claims,
      current,
      edits,
      now: clock.now(),
      checkedAt: store.source.health.lastScanAt,
      mtimes: new Map(stats.map(({ id, mtimeMs }) => [id, Math.round(mtimeMs)])),
    });
    const gone = before === undefined ? [] : namesOf(minus(before, current));
    const replaced = new Set(edits.values());
    if (before !== undefined)
      this.options.guard.noteSnapshots({
        before,
        current,
        times: observed,
        replaced,
        edited: new Set(edits.keys()),
        isWatched: gone.every((id) => this.events.some(({ name }) => name === id)),
      });
    const lost = gone.filter((id) => !replaced.has(id) && !isAnywhere(store.facts, id));
    store.updateSource('contents', { snapshots: current, latest: latestOf(current, observed) });
    const isKept = (id: string) => current.has(id) || isAnywhere(store.facts, id);
    store.updateHistory({
      times: gone.length === 0 ? observed : observed.keepOnly(isKept),
      claims: gone.length === 0 ? claimed : new Map([...claimed].filter(([id]) => isKept(id))),
      lostUnreplicated: lostUnreplicated + lost.length,
    });
    this.logArrivals(fresh.length, lost.length);
  }

  /** Forgets what is too old for an edit, and adds what is new. */
  private noteFiles(stats: readonly ObjectStat[]): void {
    const seenAt = this.options.clock.elapsedMs();
    for (const [id, file] of this.recent)
      if (seenAt - file.seenAt >= RECENT_MS) this.recent.delete(id);
    for (const { id, mtimeMs, ctimeMs } of stats)
      this.recent.set(id, { mtime: mtimeMs, ctime: ctimeMs, seenAt });
  }

  /**
   * Compares the remembered times with the clock, before the source is checked. Returns whether that changed anything. Accesses no place.
   */
  holdAgainstClock(): boolean {
    const { store, clock } = this.options;
    const { source, history } = store.facts;
    const { setUpAt, setUpClaimed } = history;
    const checks = { now: clock.now(), before: source.health.lastScanAt };
    const held = holdAgainstClock(history, checks);
    const setUp = holdOneAgainstClock({ at: setUpAt, claimed: setUpClaimed }, checks);
    if (held.times === history.times && held.claims === history.claims && setUp.at === setUpAt)
      return false;
    const { snapshots } = source.contents;
    if (snapshots !== undefined)
      store.updateSource('contents', { latest: latestOf(snapshots, held.times) });
    store.updateHistory({ ...held, setUpAt: setUp.at, setUpClaimed: setUp.claimed });
    store.markForSaving();
    return true;
  }

  private logArrivals(appeared: number, lost: number): void {
    const { log } = this.options;
    if (appeared > 0 && this.hasChecked) log.info({ snapshots: appeared }, newSnapshots(appeared));
    this.hasChecked = true;
    if (lost > 0)
      log.error(
        { snapshots: lost },
        `${plural(lost, 'snapshot')} left the source before ${agree(lost, 'it was', 'they were')} anywhere else`,
      );
  }
}

function newSnapshots(count: number): string {
  return count === 1 ? 'a new snapshot' : plural(count, 'new snapshot');
}
