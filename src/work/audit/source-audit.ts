import { listObjects } from '../../backends/list-objects.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { areEqual } from '../../repository/objects.ts';
import type { View } from '../../repository/view.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Run } from '../run.ts';
import type { SourceWorkplace } from '../source-workplace.ts';
import { SinceListing } from './listing-due.ts';

/**
 * Lists everything at the source beside the source loop, which trusts what it remembers. If the listing differs from the view,
 * the loop checks everything again: it judges what is gone.
 */
export class SourceAudit implements Activity<Run> {
  readonly name = 'audit';
  readonly everyMs: number;
  private readonly place: SourceWorkplace;
  private readonly attempts: Attempts;
  private readonly since: SinceListing;

  constructor(place: SourceWorkplace) {
    this.place = place;
    this.everyMs = place.auditEveryMs;
    this.attempts = new Attempts(this.name, place);
    this.since = new SinceListing(() => place.clock.elapsedMs());
  }

  isDue(): boolean {
    const { clock, store } = this.place;
    const { lastSuccess = 0 } = this.attempts.known;
    const { lastListing: byLoop = 0 } = store.source.contents;
    const lastListing = Math.max(lastSuccess, byLoop);
    const due = { everyMs: this.everyMs, lastListing, now: clock.now() };
    return this.since.isDue(due) && this.attempts.mayBegin();
  }

  async run(run: Run): Promise<SyncReport> {
    return this.attempts.during(run, async () => {
      const view = this.place.view();
      if (view === undefined) return;
      if (!(await this.isAsViewed(view, run))) await this.place.recheck(run.signal);
      this.since.note();
    });
  }

  private async isAsViewed(view: View, { signal }: Run): Promise<boolean> {
    const { listedKeys: keys = view.objects.keys } = view;
    const expected = { ...view.objects, keys };
    const listing = { signal, care: 'full', like: view.objects } as const;
    const { objects } = await listObjects(this.place.source(), listing);
    return areEqual(objects, expected);
  }
}
