import type { FactStore } from '../../facts/fact-store.ts';
import type { RestoreCheckFacts } from '../../facts/restores.ts';
import { SOURCE_NAME, type SyncReport } from '../../facts/sync-report.ts';
import type { Log } from '../../log/log.ts';
import type { PasswordSource } from '../../restic/password.ts';
import type { Clock } from '../../runtime/clock.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Run } from '../run.ts';
import type { SourceWorkplace } from '../source-workplace.ts';
import { Slots } from '../transfers/slots.ts';
import { check } from './check.ts';
import type { KnownSnapshot } from './choose-snapshot.ts';
import type { FreshDirectory } from './fresh-directory.ts';
import { remembering } from './left-over.ts';
import { KnownPlaces, type CheckablePlace } from './known-places.ts';
import { seededRandom, seedOf } from './random.ts';
import type { RestoreCheckSettings } from './settings.ts';

export const RESTORE_CHECK = 'restore-check';

/**
 * One scheduled restore check at a time runs in this process, because many clients may be due at once. One that a person asks for
 * does not wait.
 */
const TURN = new Slots(1);

export interface RestoreCheckOptions {
  readonly client: string;
  readonly settings: RestoreCheckSettings;
  readonly password: PasswordSource;
  readonly places: readonly CheckablePlace[];
  readonly directory: FreshDirectory;
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  /** the size of all indexes; undefined while it is unknown */
  readonly indexBytes: () => number | undefined;
  readonly recheck: SourceWorkplace['recheck'];
}

/** The request of a person; absent values are chosen. */
export interface RestoreCheckRequest {
  readonly place?: string | undefined;
  /** a whole id, or the beginning of one */
  readonly snapshot?: string | undefined;
}

/** A check with its place. */
export interface RestoreCheckReport extends RestoreCheckFacts {
  readonly place: string;
}

interface Task {
  readonly place: CheckablePlace;
  readonly wanted?: string | undefined;
  readonly run: Run;
  /** says what comes next */
  readonly say: (text: string) => void;
}

/**
 * Restores some files from one place of a client after the other, and checks them. It runs beside the source loop, so a long restore
 * delays no sync. Its attempts are kept at the place that was checked.
 */
export class RestoreCheck implements Activity<Run> {
  readonly name = RESTORE_CHECK;
  readonly everyMs: number | undefined;
  worksAt: readonly string[] = [];
  private readonly options: RestoreCheckOptions;
  private readonly known: KnownPlaces;
  private readonly attempts = new Map<string, Attempts>();

  constructor(options: RestoreCheckOptions) {
    this.options = options;
    const { settings, places } = options;
    this.everyMs = restoreCheckEveryMs(settings, places.length);
    this.known = new KnownPlaces(places, options);
  }

  isDue(): boolean {
    const { settings, clock } = this.options;
    if (settings.everyMs === null || !TURN.isFree) return false;
    return this.known.isDue(settings.everyMs, clock.now()) && this.next() !== undefined;
  }

  async run(run: Run): Promise<SyncReport> {
    const place = this.next();
    if (place === undefined) return run.end();
    const log = this.options.log.child({ activity: RESTORE_CHECK });
    const say = (text: string) => log.info({}, text);
    const work = () => this.checkAndRemember({ place, run, say });
    if (!TURN.isFree) return run.end();
    return TURN.during(() => this.attemptsAt(place).during(run, work));
  }

  /** Runs one check for a person. Rejects if it cannot begin, or is cancelled. */
  async ask(
    { place: name, snapshot: wanted }: RestoreCheckRequest,
    run: Run,
    say: Task['say'],
  ): Promise<RestoreCheckReport> {
    const place = this.known.require(name);
    this.choose(place, wanted); // what cannot be chosen is a mistake of the person, and no failed check
    let facts: RestoreCheckFacts | undefined;
    const work = () => this.checkAndRemember({ place, wanted, run, say }, (each) => (facts = each));
    const ended = await TURN.during(() => this.attemptsAt(place).during(run, work));
    if (facts !== undefined) return { place: place.name, ...facts };
    const { reason = 'internal', message = 'the restore check was cancelled', hint } = ended;
    throw new SyncdError(reason, message, hint);
  }

  /**
   * The next place to check. After a wrong password, it is checked at once, because a replica without its keys fails in the same
   * way.
   */
  private next(): CheckablePlace | undefined {
    const { settings, clock } = this.options;
    const isResting = (place: CheckablePlace) =>
      this.known.isResting(place, settings.everyMs ?? 0, clock.now());
    return this.known.next((place) => this.attemptsAt(place).mayBegin() && !isResting(place));
  }

  /** Rejects unless the files are right. */
  private async checkAndRemember(
    task: Task,
    onFacts: (facts: RestoreCheckFacts) => void = () => undefined,
  ): Promise<void> {
    const { place, wanted, run } = task;
    const { seed, snapshot } = this.choose(place, wanted);
    const other = this.known.toCompare(place, snapshot.id, this.options.settings);
    const work = async () => {
      const disk = this.known.diskAt(place.name);
      const found = await remembering(this.options, this.options.directory, () =>
        this.check(task, { seed, snapshot, other }),
      );
      this.known.remember(place.name, disk, found); // even if a program fails that releases a place
      onFacts(found);
      return found;
    };
    this.worksAt = [place.name, ...(other === undefined ? [] : [other.name])];
    const facts = await place
      .around(run, () => other?.around(run, work) ?? work())
      .finally(() => (this.worksAt = []));
    const { outcome, reason = 'internal', message = outcome, hint } = facts;
    if (outcome === 'ok') return;
    throw new SyncdError(reason, message, hint);
  }

  /**
   * The snapshots that are known are those of the disk that the last sync found. Rejects if it is not there now, or if the place
   * does not answer: restic would wait for much longer.
   */
  private async requireDisk(
    { name, reach, hasMarker }: CheckablePlace,
    signal: AbortSignal,
  ): Promise<void> {
    const found = await reach({ signal });
    if (!hasMarker || found === this.known.diskAt(name)) return;
    const message =
      found === undefined
        ? `the marker of ${name} is missing: its disk may not be mounted`
        : `another disk is at ${name} than the last sync found there`;
    const hint = `run: backup-syncd sync ${this.options.client} --backend ${name}`;
    throw new SyncdError('unreachable', message, hint);
  }

  private async check(
    { place, run, say }: Task,
    { seed, snapshot, other }: Chosen & { readonly other: CheckablePlace | undefined },
  ): Promise<RestoreCheckFacts> {
    const { signal } = run;
    const compared = this.comparison(place, other);
    say(`restore check of ${place.name}${compared}: ${describe(snapshot)}; seed ${seed}`);
    say(`listing the snapshot at ${place.name}${this.costOfListing(place)}`);
    const checked = await check({
      ...this.options,
      place,
      other,
      snapshot,
      say,
      signal,
      random: () => seededRandom(seed),
      requireDisk: (until) => this.requireDisk(place, until),
      findAbsence: (until) => this.findAbsence(place, snapshot.id, until),
    });
    return { ...checked, at: this.options.clock.now() };
  }

  /** The place to compare files with, or why it cannot be the configured one. */
  private comparison(place: CheckablePlace, other: CheckablePlace | undefined): string {
    if (other !== undefined) return `, compared with ${other.name}`;
    const { compareWith: wanted } = this.options.settings;
    return typeof wanted !== 'string' || wanted === place.name
      ? ''
      : `, not compared with ${wanted}, which is away or paused, or does not have this snapshot`;
  }

  /** Estimates the download for a listing: all indexes, and the directories of the snapshot. */
  private costOfListing({ isRemote }: CheckablePlace): string {
    const bytes = this.options.indexBytes();
    return !isRemote || bytes === undefined ? '' : `: about ${formatBytes(bytes)} of indexes`;
  }

  private async findAbsence(
    place: CheckablePlace,
    id: string,
    until: AbortSignal,
  ): Promise<string | undefined> {
    if (place.name === SOURCE_NAME) {
      await this.options.recheck(until);
      if (!place.isThere()) return 'the source cannot be read any more';
    }
    const isThere = this.known.hasSnapshot(place.name, id);
    return isThere ? undefined : 'the snapshot was removed while it was being restored';
  }

  private choose({ name }: CheckablePlace, wanted: string | undefined): Chosen {
    const { client, clock } = this.options;
    const seed = seedOf(client, name, clock.now());
    return { seed, snapshot: this.known.snapshot(name, wanted, seededRandom(`${seed}/snapshot`)) };
  }

  private attemptsAt({ name, attempts: at }: CheckablePlace): Attempts {
    const { store, clock, log } = this.options;
    const attempts =
      this.attempts.get(name) ??
      new Attempts(RESTORE_CHECK, { ...at, store, clock, log: log.child({ backend: name }) });
    this.attempts.set(name, attempts);
    return attempts;
  }
}

interface Chosen {
  readonly seed: string;
  readonly snapshot: KnownSnapshot;
}

/** How often each place should be checked, as they take turns; undefined: it is never due. */
export function restoreCheckEveryMs(
  { everyMs }: Pick<RestoreCheckSettings, 'everyMs'>,
  places: number,
): number | undefined {
  return everyMs === null ? undefined : everyMs * places;
}

function describe(snapshot: KnownSnapshot & { readonly isRandom?: boolean }): string {
  const from = new Date(snapshot.at).toISOString().slice(0, 16).replace('T', ' ');
  const older = snapshot.isRandom === true ? ', an older one, chosen at random' : '';
  return `snapshot ${snapshot.id.slice(0, 8)} from ${from} UTC${older}`;
}
