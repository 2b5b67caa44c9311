import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { minus } from '../repository/catalogue.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import { latestOf } from '../repository/snapshot-times.ts';
import { findEdit, observeTimes, type SnapshotObservation } from '../replication/snapshot-age.ts';
import { holdAgainstClock, holdOneAgainstClock } from '../replication/wrong-clock.ts';
import type { TakenView } from '../replication/take-view.ts';
import type { Clock } from '../runtime/clock.ts';
import { isAnywhere } from './evaluate.ts';
import type { FactStore } from './fact-store.ts';

const SUSPECT_MS = 10_000;

interface SnapshotNotesOptions {
  readonly source: Location;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
}

/** Notes which snapshots came to the source and which went, and when each came to be. */
export class SnapshotNotes {
  private readonly options: SnapshotNotesOptions;
  private suspects: ReadonlyMap<string, number> = new Map();
  private seenIndex: Catalogue | undefined;
  private hasLooked = false;

  constructor(options: SnapshotNotesOptions) {
    this.options = options;
  }

  async note({ view, snapshotsChangedAt }: TakenView, signal: AbortSignal): Promise<void> {
    const { source, clock, store } = this.options;
    const { times, claims } = store.facts;
    const current = view.objects.snapshots;
    const fresh = times.missingFrom(current);
    const stats = await source.stat('snapshots', fresh, { signal });
    const before = store.source.snapshots;
    const observation = {
      ...{ times, claims, lookedAt: store.source.lastScanAt },
      before,
      current,
      mtimes: new Map(stats.map(({ id, mtimeMs }) => [id, Math.round(mtimeMs)])),
      now: clock.now(),
      indexChanged: this.seenIndex !== view.objects.index,
      suspects: this.suspects,
      directoryChangedAt: snapshotsChangedAt,
    };
    this.seenIndex = view.objects.index;
    const { times: observed, claims: claimed } = observeTimes(observation);
    const edit = findEdit(observation);
    this.suspect(observation, edit.fresh);
    const gone =
      before === undefined ? [] : [...minus(before, current).entries()].map(({ id }) => id);
    const lost = gone.filter((id) => !edit.gone.includes(id) && !isAnywhere(store.facts, id));
    store.updateSource({ snapshots: current, latest: latestOf(current, observed) });
    const isKept = (id: string) => current.has(id) || isAnywhere(store.facts, id);
    store.update({
      times: gone.length === 0 ? observed : observed.keepOnly(isKept),
      claims: gone.length === 0 ? claimed : new Map([...claimed].filter(([id]) => isKept(id))),
      lostUnreplicated: store.facts.lostUnreplicated + lost.length,
    });
    this.say(fresh.length, lost.length);
  }

  /**
   * Holds what is remembered against the clock, before it is looked at the source; answers whether that changed anything.
   * It touches no place.
   */
  holdAgainstClock(): boolean {
    const { store, clock } = this.options;
    const { facts } = store;
    const { source, setUpAt, setUpClaimed } = facts;
    const looks = { now: clock.now(), before: source.lastScanAt };
    const held = holdAgainstClock(facts, looks);
    const setUp = holdOneAgainstClock({ at: setUpAt, claimed: setUpClaimed }, looks);
    if (held.times === facts.times && held.claims === facts.claims && setUp.at === setUpAt)
      return false;
    const { snapshots } = source;
    if (snapshots !== undefined) store.updateSource({ latest: latestOf(snapshots, held.times) });
    store.update({ ...held, setUpAt: setUp.at, setUpClaimed: setUp.claimed });
    store.markForSaving();
    return true;
  }

  /** Remembers for a while what may turn out to be an edit when the snapshot that it replaces is gone. */
  private suspect(
    { mtimes, indexChanged, now }: SnapshotObservation,
    known: readonly string[],
  ): void {
    const fresh = indexChanged ? [] : [...mtimes];
    this.suspects = new Map(
      [...this.suspects, ...fresh].filter(
        ([id, mtime]) => now - mtime < SUSPECT_MS && !known.includes(id),
      ),
    );
  }

  private say(appeared: number, lost: number): void {
    const { log } = this.options;
    if (appeared > 0 && this.hasLooked) log.info({ snapshots: appeared }, newSnapshots(appeared));
    this.hasLooked = true;
    if (lost > 0)
      log.error(
        { snapshots: lost },
        `${lost} snapshots left the source before they were anywhere else`,
      );
  }
}

function newSnapshots(count: number): string {
  return count === 1 ? 'a new snapshot' : `${count} new snapshots`;
}
