import type { FactStore } from '../../facts/fact-store.ts';
import { restoreCheckCount, restoreCounts } from '../../facts/restore-counts.ts';
import { withRestoreCheck, type RestoreCheckFacts, type Restores } from '../../facts/restores.ts';
import { describePause, resumeCommand } from '../../facts/pause-words.ts';
import { backendPauseAt, type Pause } from '../../facts/pauses.ts';
import { SOURCE_NAME } from '../../facts/sync-report.ts';
import type { CallOptions } from '../../locations/location.ts';
import type { Catalogue } from '../../repository/catalogue.ts';
import type { Clock } from '../../runtime/clock.ts';
import { PausedError, SyncdError } from '../../runtime/errors.ts';
import type { Around } from '../around.ts';
import type { AttemptsPlace } from '../attempts-record.ts';
import type { RestorePlace } from './attempt.ts';
import { choosePlace, isCheckDue, isResting } from './choose-place.ts';
import { chooseSnapshot, snapshotTurn, type KnownSnapshot } from './choose-snapshot.ts';
import type { Random } from './random.ts';
import type { RestoreCheckSettings } from './settings.ts';

/** A place of the client, with what is needed to work there. */
export interface CheckablePlace extends RestorePlace {
  readonly attempts: AttemptsPlace;
  readonly around: Around;
  /** the operator's programs mount and release it */
  readonly hasPrograms: boolean;
  /** it was reached by its sync, or by the source loop */
  readonly isThere: () => boolean;
  /** asks the place for a small file, and rejects if it does not answer; returns the id of its marker, if it should have one */
  readonly reach: (options: CallOptions) => Promise<string | undefined>;
  readonly hasMarker: boolean;
}

const SHORTEST_ID = 4;

/** The places of a client, and which of them is next. Does no I/O. */
export class KnownPlaces {
  private readonly places: readonly CheckablePlace[];
  private readonly store: FactStore;
  private readonly clock: Clock;

  constructor(
    places: readonly CheckablePlace[],
    { store, clock }: { readonly store: FactStore; readonly clock: Clock },
  ) {
    this.places = places;
    this.store = store;
    this.clock = clock;
  }

  isDue(everyMs: number, now: number): boolean {
    const all = this.places.map(({ name }) => ({ judgedAt: this.judgedAt(name) }));
    return isCheckDue(all, everyMs, now);
  }

  isResting({ name, isRemote }: CheckablePlace, everyMs: number, now: number): boolean {
    return isResting({ isRemote, unclearAt: this.restores(name).restoreUnclear?.at }, everyMs, now);
  }

  /** The place whose turn it is, among those that may be checked now. */
  next(mayBegin: (place: CheckablePlace) => boolean): CheckablePlace | undefined {
    const ready = this.places.filter(
      (place) =>
        !this.isPaused(place) && mayBegin(place) && (this.snapshotsAt(place.name)?.count ?? 0) > 0,
    );
    return choosePlace(ready.map((place) => ({ place, judgedAt: this.judgedAt(place.name) })))
      ?.place;
  }

  /** The place that a person names, or the one whose turn it is, even if it was not reached lately. */
  require(name: string | undefined): CheckablePlace {
    const place =
      name === undefined
        ? (this.next(({ isThere }) => isThere()) ?? this.next(() => true))
        : this.places.find((each) => each.name === name);
    const paused =
      place ?? (name === undefined ? this.places.find((each) => this.isPaused(each)) : undefined);
    if (paused !== undefined) this.requireNoPause(paused.name);
    if (place !== undefined) return place;
    if (name === undefined)
      throw unknown('no place is known to have a complete snapshot', this.commands.sync);
    const names = this.places.map((each) => each.name).join(', ');
    throw unknown(`nothing can be restored from ${name}`, `the places are ${names}`);
  }

  /**
   * The place whose copies are compared: the one that is configured, unless that is checked itself; or another directory, which costs no
   * egress.
   */
  toCompare(
    place: CheckablePlace,
    id: string,
    { compareWith }: Pick<RestoreCheckSettings, 'compareWith'>,
  ): CheckablePlace | undefined {
    if (compareWith === null) return undefined;
    const able = this.places.filter(
      (other) =>
        other !== place &&
        other.isThere() &&
        !this.isPaused(other) &&
        this.hasSnapshot(other.name, id),
    );
    if (compareWith !== undefined && compareWith !== place.name)
      return able.find(({ name }) => name === compareWith);
    return able.find(({ isRemote, hasPrograms }) => !isRemote && !hasPrograms);
  }

  /** The snapshot that a person names, or the next one. */
  snapshot(name: string, wanted: string | undefined, random: Random): KnownSnapshot {
    const known = this.listSnapshots(name);
    if (wanted !== undefined)
      return requireSnapshot(known, wanted, { place: name, hint: this.commands.list });
    const before = restoreCheckCount(restoreCounts(this.store.facts));
    const snapshot = chooseSnapshot(known, snapshotTurn(before, this.places.length), random);
    if (snapshot === undefined)
      throw unknown(`no snapshot is known to be complete at ${name}`, this.commands.sync);
    return snapshot;
  }

  hasSnapshot(name: string, id: string): boolean {
    return this.snapshotsAt(name)?.has(id) === true;
  }

  /** Which disk the last sync found at a place; undefined at the source. */
  diskAt(name: string): string | undefined {
    return name === SOURCE_NAME ? undefined : this.store.backend(name).place.markerId;
  }

  /** Records the result of a check, unless another disk has taken the place of the one that was checked. */
  remember(name: string, disk: string | undefined, facts: RestoreCheckFacts): void {
    if (this.diskAt(name) !== disk) return;
    const { store } = this;
    const chapter = withRestoreCheck(this.restores(name), facts);
    if (name === SOURCE_NAME) store.updateSource('restores', chapter);
    else store.updateBackend(name, 'restores', chapter);
    store.markForSaving();
  }

  private isPaused({ name }: Pick<CheckablePlace, 'name'>): boolean {
    return this.pauseOf(name) !== undefined;
  }

  private pauseOf(place: string): Pause | undefined {
    return backendPauseAt(this.store.facts.pauses, place, this.clock.now());
  }

  private requireNoPause(backend: string): void {
    const { client, pauses } = this.store.facts;
    const pause = this.pauseOf(backend);
    if (pause === undefined) return;
    const command = resumeCommand(pauses, pause, { client, backend });
    throw new PausedError(
      'not_initialised',
      `${backend}: ${describePause(pause)}`,
      `to end the pause, run: ${command}`,
    );
  }

  private listSnapshots(name: string): KnownSnapshot[] {
    const set = this.snapshotsAt(name);
    if (set === undefined) return [];
    const times = this.store.facts.history.times.of(set);
    return Array.from(times, (at, i) => ({ id: set.idAt(i), at: Number.isNaN(at) ? 0 : at }));
  }

  private snapshotsAt(name: string): Catalogue | undefined {
    const { store } = this;
    return name === SOURCE_NAME
      ? store.source.contents.snapshots
      : store.backend(name).contents.complete;
  }

  private judgedAt(name: string): number | undefined {
    return this.restores(name).restoreJudged?.at;
  }

  /** The commands to type when nothing can be chosen. */
  private get commands() {
    const { client } = this.store.facts;
    return {
      sync: this.whySyncSendsNothing() ?? `run: backup-syncd sync ${client}`,
      list: `to see which snapshot is complete where, run: backup-syncd snapshots ${client}`,
    };
  }

  private whySyncSendsNothing(): string | undefined {
    const { contents, health } = this.store.source;
    if (contents.snapshots?.count === 0)
      return 'the source has no snapshots: make the first backup of the client';
    const { message, hint } = health.trouble ?? {};
    return [message, hint].filter(Boolean).join(': ') || undefined;
  }

  private restores(name: string): Restores {
    const { store } = this;
    return name === SOURCE_NAME ? store.source.restores : store.backend(name).restores;
  }
}

function requireSnapshot(
  known: readonly KnownSnapshot[],
  wanted: string,
  { place, hint }: { readonly place: string; readonly hint: string },
): KnownSnapshot {
  if (wanted.length < SHORTEST_ID)
    throw unknown(`snapshot ${wanted}: at least ${SHORTEST_ID} digits of the ID are needed`, hint);
  const [first, second] = known.filter(({ id }) => id.startsWith(wanted));
  if (first !== undefined && second === undefined) return first;
  const problem =
    second === undefined ? `is not complete at ${place}` : `matches several at ${place}`;
  throw unknown(`snapshot ${wanted} ${problem}`, hint);
}

function unknown(message: string, hint: string): SyncdError {
  return new SyncdError('not_initialised', message, hint);
}
