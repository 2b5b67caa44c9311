import type { SyncReport } from '../../facts/sync-report.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Inspections } from '../inspections.ts';
import type { BackendPass } from '../pass.ts';
import type { Workplace } from '../workplace.ts';

/**
 * Lists everything at a backend and trusts nothing that is remembered. Losses that it finds are in the facts, and the sync
 * sends those objects again. The first inspection of a process is a full one anyway, so it is left to the sync.
 */
export class Audit implements Activity {
  readonly name = 'audit';
  readonly everyMs: number;
  private readonly place: Workplace;
  private readonly inspections: Inspections;
  private readonly attempts: Attempts;

  constructor(place: Workplace, inspections: Inspections) {
    this.place = place;
    this.everyMs = place.config.pace.auditEveryMs;
    this.inspections = inspections;
    this.attempts = new Attempts(this.name, place);
    inspections.onListing = () => this.attempts.recover(); // a sync that lists everything does the same
  }

  isDue(): boolean {
    const { backend, view } = this.place;
    const canList = view() !== undefined && backend.objects !== undefined;
    return canList && this.inspections.isListingDue && this.attempts.mayBegin();
  }

  async run(pass: BackendPass): Promise<SyncReport> {
    const { around, view } = this.place;
    const inspection = async () => this.inspections.inspect(view(), pass, 'full');
    return this.attempts.during(pass, () => around(pass, inspection));
  }
}
