import type { FactStore } from '../../facts/fact-store.ts';
import { backendPauseAt } from '../../facts/pauses.ts';
import { SOURCE_NAME, type SyncReport } from '../../facts/sync-report.ts';
import { common, EMPTY_CATALOGUE, plus } from '../../repository/catalogue.ts';
import { Restic } from '../../restic/restic.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Run } from '../run.ts';
import type { SourceWorkplace } from '../source-workplace.ts';
import { choosePlace } from './choose-place.ts';
import { expectGroups, isReadingDue } from './due.ts';
import { Reading } from './reading.ts';
import type { GroupSettings } from './settings.ts';
import { Slots } from '../transfers/slots.ts';

/** The longest reading: ten thousand snapshots at a remote, one request for each, at the first time. In milliseconds. */
const DEADLINE_MS = 10 * 60_000;

/**
 * The slots of this process: restic takes some memory, and clients are often due at the same time. Nothing waits here, because that
 * would also hold up the audit of the source.
 */
const SLOTS = new Slots(4);

/** Reads the host and the paths of the snapshots at the source, with the password, when there are new ones. */
export class ReadGroups implements Activity<Run> {
  readonly name = 'groups';
  readonly everyMs = undefined;
  worksAt: readonly string[] = [];
  private readonly place: SourceWorkplace;
  private readonly settings: GroupSettings;
  private readonly attempts: Attempts;
  /** by a monotonic clock; undefined while nothing is to be read */
  private dueSince: number | undefined;
  /** replicas that could not be read, or not all of it; until a reading succeeds elsewhere */
  private readonly avoided = new Set<string>();
  /** snapshots that the last reading did not find */
  private suspects = EMPTY_CATALOGUE;

  constructor(place: SourceWorkplace, settings: GroupSettings) {
    this.place = place;
    this.settings = settings;
    this.attempts = new Attempts(this.name, place);
    const { store, clock } = place;
    const known = store.source.groups;
    const expected = expectGroups(known, settings.wanted, clock.now());
    if (expected !== known) store.updateSource('groups', expected);
  }

  isDue(): boolean {
    const { store, clock } = this.place;
    const { groups, contents } = store.source;
    const { snapshots } = contents;
    const isDue = snapshots !== undefined && isReadingDue(groups, snapshots);
    this.dueSince = isDue ? (this.dueSince ?? clock.elapsedMs()) : undefined;
    return isDue && SLOTS.isFree && this.attempts.mayBegin() && this.choose() !== 'later';
  }

  async run(run: Run): Promise<SyncReport> {
    const { signal } = run;
    return SLOTS.during(() => this.attempts.during(run, () => this.read(signal)));
  }

  private async read(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.place;
    const { snapshots } = store.source.contents;
    const chosen = this.choose();
    if (snapshots === undefined || chosen === 'later') return;
    const name = chosen === 'source' ? SOURCE_NAME : chosen.replica;
    const { times } = store.facts.history;
    const reading = new Reading({ known: store.source.groups, snapshots, times });
    this.worksAt = name === SOURCE_NAME ? [] : [name]; // the source is read during a pause, too
    try {
      await this.restic(name).eachSnapshot((snapshot) => reading.add(snapshot), {
        deadlineMs: DEADLINE_MS,
        signal,
      });
    } catch (error) {
      if (!signal.aborted) this.avoid(name);
      throw error;
    } finally {
      this.worksAt = [];
    }
    const { unreadable, ...found } = reading.end(clock.now(), name);
    const confirmed = common(unreadable, plus(this.suspects, unreadableOf(store)));
    this.suspects = unreadable;
    if (confirmed.count < unreadable.count) this.avoid(name);
    else this.avoided.clear();
    store.updateSource('groups', { ...found, unreadable: confirmed });
    store.markForSaving();
  }

  /**
   * Avoids a replica that lacks snapshots. They may have been forgotten in the meantime, so they are read again before anything is
   * reported.
   */
  private avoid(name: string): void {
    if (name === SOURCE_NAME) this.avoided.clear();
    else this.avoided.add(name);
  }

  private choose(): ReturnType<typeof choosePlace> {
    const { store, clock } = this.place;
    const names = this.settings.replicas.map((replica) => replica.name);
    return choosePlace({
      replicas: names
        .filter((name) => !this.avoided.has(name) && !this.isPaused(name))
        .map((name) => ({ name, known: store.backend(name) })),
      waitedMs: this.dueSince === undefined ? 0 : clock.elapsedMs() - this.dueSince,
    });
  }

  private isPaused(name: string): boolean {
    const { store, clock } = this.place;
    return backendPauseAt(store.facts.pauses, name, clock.now()) !== undefined;
  }

  private restic(name: string): Restic {
    const { source, replicas, wanted: _, ...settings } = this.settings;
    const place = replicas.find((replica) => replica.name === name)?.place ?? source;
    return new Restic({ ...settings, place });
  }
}

function unreadableOf(store: FactStore) {
  return store.source.groups.unreadable ?? EMPTY_CATALOGUE;
}

/** The activity where groups are expected; elsewhere, what was read before is forgotten. */
export function readGroups(place: SourceWorkplace): ReadGroups | undefined {
  if (place.groups !== undefined) return new ReadGroups(place, place.groups);
  const { groups } = place.store.source;
  const keys = Object.keys(groups);
  if (keys.length > 0) {
    const nothing = Object.fromEntries(keys.map((key) => [key, undefined]));
    place.store.updateSource('groups', nothing);
  }
  return undefined;
}
