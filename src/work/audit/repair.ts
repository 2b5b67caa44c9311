import type { SyncReport } from '../../facts/sync-report.ts';
import { offered, unobtainable } from '../../replication/repair.ts';
import { countBytes, countObjects, NO_OBJECTS, type Objects } from '../../repository/objects.ts';
import { isAbort } from '../../runtime/abort.ts';
import { asSyncdError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/plural.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Inspections } from '../inspections.ts';
import type { BackendPass } from '../pass.ts';
import { inTurn } from '../transfers/in-turn.ts';
import type { Donor, Workplace } from '../workplace.ts';

/**
 * Brings back from another backend what this one has lost and the source cannot give. Each object is hashed on the way, whatever
 * the kinds of the two places, and the source is never written to.
 */
export class Repair implements Activity {
  readonly name = 'repair';
  readonly everyMs = undefined;
  private readonly place: Workplace;
  private readonly inspections: Inspections;
  private readonly attempts: Attempts;
  private donors: readonly Donor[] = [];

  constructor(place: Workplace, inspections: Inspections) {
    this.place = place;
    this.inspections = inspections;
    this.attempts = new Attempts(this.name, place);
  }

  get worksAt(): readonly string[] {
    return this.donors.map(({ name }) => name);
  }

  isDue(): boolean {
    const wanted = this.wanted();
    if (countObjects(wanted) === 0 || !this.attempts.mayBegin()) return false;
    return this.place.donors().some((donor) => countObjects(offered(wanted, donor)) > 0);
  }

  async run(pass: BackendPass): Promise<SyncReport> {
    const { place } = this;
    const work = { bytes: countBytes(this.wanted()) };
    const bring = () =>
      inTurn(place, { work, isFirstCopy: false, pass }, () => this.bringFromAny(pass));
    return this.attempts.during(pass, () => place.around(pass, bring));
  }

  private wanted(): Objects {
    const { backend, config, store, view } = this.place;
    if (backend.managed === undefined || backend.known.objects === undefined) return NO_OBJECTS;
    const { trouble } = store.backend(config.name).attempts;
    if (trouble?.reason === 'diverged') return NO_OBJECTS; // I4: a person decides first
    return unobtainable({
      lost: backend.known.lost,
      listed: backend.known.objects,
      source: view()?.objects,
      corrupt: store.backend(config.name).attempts.corrupt,
      retired: backend.managed.aside.known ?? NO_OBJECTS,
    });
  }

  private async bringFromAny(pass: BackendPass): Promise<void> {
    this.donors = this.place.donors();
    try {
      await this.bring(pass);
    } finally {
      this.donors = [];
    }
  }

  /** Asks one backend after the other. Rejects with the first error if an object is still missing in the end. */
  private async bring(pass: BackendPass): Promise<void> {
    const { log } = this.place;
    let failure: unknown;
    for (const donor of this.donors) {
      const objects = offered(this.wanted(), donor);
      if (countObjects(objects) === 0) continue;
      try {
        await this.bringFrom(donor, objects, pass);
      } catch (error) {
        if (isAbort(error)) throw error;
        failure ??= error;
      }
    }
    if (failure === undefined) return;
    if (countObjects(this.wanted()) > 0) throw failure as Error;
    const { reason, message, hint } = asSyncdError(failure);
    log.warn({ reason, hint }, message); // another one had it
  }

  private async bringFrom(donor: Donor, objects: Objects, pass: BackendPass): Promise<void> {
    const { backend, config, log, store } = this.place;
    const { signal, turns } = pass;
    let count = 0;
    try {
      await backend.managed?.bringBack(donor.location, objects, {
        signal,
        turns,
        minFreeBytes: config.minFreeBytes,
        onProgress: (moved) => pass.moved({ phase: 'data', ...moved }),
        onPlaced: (placed) => {
          count += countObjects(placed);
          pass.placed(placed);
        },
      });
    } finally {
      if (count > 0) {
        log.warn({ from: donor.name }, `${plural(count, 'object')} came back from ${donor.name}`);
        this.inspections.onRepaired(donor.name);
        store.markForSaving();
      }
    }
  }
}
