import type { Backend } from '../backends/backend.ts';
import type { Log } from '../log/log.ts';
import { namesMinus, EMPTY_CATALOGUE, plus, type Catalogue } from '../repository/catalogue.ts';
import { countBytes, countObjects, type Objects } from '../repository/objects.ts';
import type { Clock } from '../runtime/clock.ts';
import { isOwedAhead, oweableSince } from '../replication/completeness.ts';
import { evaluateBackend, reevaluate, type Finding } from '../facts/evaluate.ts';
import type { Contents } from '../facts/contents.ts';
import { enterPlace, type FoundPlace } from '../facts/disks.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import { MEANING, type SyncdError } from '../runtime/errors.ts';
import type { BackendSettings } from './settings.ts';
import { agree, plural } from '../runtime/plural.ts';

interface EvaluationOptions {
  readonly backend: Backend;
  readonly config: Pick<BackendSettings, 'around' | 'traits'>;
  readonly store: FactStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Writes the facts about the place and the contents of one backend: whether it was reached, and what is complete and owed there.
 * Costs nothing while nothing changes.
 */
export class Evaluation {
  private readonly options: EvaluationOptions;
  private readonly name: string;
  private basis: readonly unknown[] = [];
  private placed: Catalogue = EMPTY_CATALOGUE;
  private placedAt: string | undefined;

  constructor(options: EvaluationOptions) {
    this.options = options;
    this.name = options.backend.owner.backend;
  }

  /** Snapshots were sent after everything that they need, so they are complete, even if the source forgets them at this moment. */
  notePlaced({ snapshots }: Objects): void {
    const { markerId } = this.options.store.backend(this.name).place;
    this.placed = plus(markerId === this.placedAt ? this.placed : EMPTY_CATALOGUE, snapshots);
    this.placedAt = markerId;
  }

  /** Records that an inspection found this place. */
  found(found: FoundPlace): void {
    const { store } = this.options;
    store.replaceBackend(this.name, enterPlace(store.backend(this.name), found));
    this.refresh();
  }

  /** Recomputes after the source has a new view or another state. */
  sourceChanged(): void {
    const { store, clock } = this.options;
    const known = store.backend(this.name);
    store.replaceBackend(this.name, reevaluate(store.facts, known, clock.now()));
  }

  /** Forgets the place, because it turned out to be another one. */
  forget(): void {
    this.options.backend.managed?.forget();
    this.options.store.forgetPlace(this.name);
  }

  /** Records whether a failed pass reached the place. */
  failed({ reason }: SyncdError, { startedAt }: SyncReport): void {
    const { store, clock, config } = this.options;
    const { lastContact } = store.backend(this.name).place;
    const now = clock.now();
    const isMissed = lastContact === undefined || lastContact < startedAt;
    const isByProgram = config.traits.isRunContact || (config.around !== undefined && isMissed);
    const { isDown } = MEANING[reason];
    store.updateBackend(this.name, 'place', {
      ...((isDown === 'program' ? isByProgram : isDown) && { up: false }),
      isMissed,
      lastContact: lastContact && Math.min(lastContact, now), // or a wrong clock would make it count for long
      ...(reason === 'diverged' && { up: true, lastContact: now }), // it was reached
    });
  }

  /** Records a contact by a successful pass, if inspections do not. */
  succeeded(): void {
    const { store, config } = this.options;
    if (config.traits.isRunContact) store.updateBackend(this.name, 'place', { up: true });
  }

  /** Records what a script copied, which only the script knows. */
  remember(contents: Pick<Contents, 'told' | 'wholeConfig'> = {}): void {
    this.options.store.updateBackend(this.name, 'contents', contents);
  }

  /** Recomputes what is complete and owed, from the known content. */
  refresh(): void {
    const { backend, store, clock } = this.options;
    const { objects, visible, lost, lostUnnamed, isDamaged, baselineAt, held } = backend.known;
    if (objects === undefined) return;
    const { facts } = store;
    const { place, contents: known } = store.backend(this.name);
    const { snapshots: atSource, listedKeys } = facts.source.contents;
    const retiredKeys = backend.managed?.aside.known?.keys ?? EMPTY_CATALOGUE;
    const now = clock.now();
    const since = sinceWhen(store.backend(this.name), now);
    const placed = place.markerId === this.placedAt ? this.placed : EMPTY_CATALOGUE;
    const { keys, index, snapshots: visibleNow, data } = objects;
    const basis = [
      ...[visible, lost, lostUnnamed, isDamaged, baselineAt, held, since, placed, keys, index],
      ...[
        visibleNow,
        data,
        retiredKeys.count,
        atSource,
        listedKeys,
        facts.history.times,
        place.markerId,
      ],
    ];
    const isSame = basis.every((part, i) => part === this.basis[i]);
    if (isSame && known.missing !== undefined && !isOwedAhead(known.missing, now)) return;
    this.basis = basis;
    const hasBaseline = baselineAt !== undefined;
    const finding: Finding = {
      visible,
      visibleNow,
      hasBaseline,
      isDamaged,
      since,
      placed,
      index,
    };
    store.updateBackend(this.name, 'contents', {
      ...evaluateBackend({ facts, known, now }, finding),
      baselineAt,
      lost,
      lostUnnamed,
      held,
      objects: countObjects(objects),
      bytes: countBytes(objects),
      keys: keys.count,
      // of names alone: a key of another size opens nothing, but it is not the source's business to remove it
      staleKeys: listedKeys && namesMinus(plus(keys, retiredKeys), listedKeys).count,
    });
    this.announce(countObjects(known.lost) + (known.lostUnnamed ?? 0) > 0, known.missing?.size);
  }

  private announce(wasDamaged: boolean, missingBefore: number | undefined): void {
    const { backend, store } = this.options;
    if (backend.known.isDamaged && !wasDamaged) this.sayLost();
    const missing = store.backend(this.name).contents.missing?.size;
    if (backend.known.isDamaged === wasDamaged && missing === missingBefore) return;
    store.markForSaving();
  }

  private sayLost(): void {
    const { backend, log } = this.options;
    const objects = Math.max(1, countObjects(backend.known.lost) + backend.known.lostUnnamed);
    log.warn(
      { objects },
      `${plural(objects, 'object')} that had been sent ${agree(objects, 'is missing or changed; it is', 'are missing or changed; they are')} sent again`,
    );
  }
}

/** The time since when snapshots can be owed to a place: now, if it was never there. */
function sinceWhen({ place, configuredAt }: ReturnType<FactStore['backend']>, now: number): number {
  return place.since === undefined ? now : oweableSince({ since: place.since, configuredAt }, now);
}
