import { listObjects, type ListedObjects } from '../../backends/list-objects.ts';
import type { AuditResult } from '../../facts/audit.ts';
import { corruptAtSource } from '../../facts/overwritten.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { auditSource } from '../../replication/audit.ts';
import { plus } from '../../repository/catalogue.ts';
import { zipData } from '../../repository/data-catalogue.ts';
import { areEqual, NO_OBJECTS, type Objects } from '../../repository/objects.ts';
import { pathOf } from '../../repository/names.ts';
import type { View } from '../../repository/view.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Run } from '../run.ts';
import type { SourceWorkplace } from '../source-workplace.ts';
import { explainSource } from './actions.ts';
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

  /** The loop's first view of a remote lists everything, so the first audit there is left to it. */
  isDue(): boolean {
    const { clock, store, transfers, isRemote } = this.place;
    const byLoop = isRemote ? store.source.contents.lastListing : undefined;
    const { lastSuccess = byLoop } = this.attempts.known;
    const due = { everyMs: this.everyMs, lastListing: lastSuccess, now: clock.now() };
    return transfers.audits.isFree && this.since.isDue(due) && this.attempts.mayBegin();
  }

  async run(run: Run): Promise<SyncReport> {
    return this.place.transfers.audits.during(() => this.audit(run));
  }

  private async audit(run: Run): Promise<SyncReport> {
    return this.attempts.during(run, async () => {
      const { store, recheck, confirmSizes } = this.place;
      const view = this.place.view();
      if (view === undefined) return;
      const listed = await this.list(view, run);
      if (isAsViewed(listed, view)) confirmSizes(listed.objects);
      else await recheck(run.signal);
      store.updateSource('audit', { lastAudit: this.resultOf(view, listed) });
      this.since.note();
    });
  }

  private async list(view: View, { signal }: Run): Promise<ListedObjects> {
    return listObjects(this.place.source(), { signal, care: 'full', like: view.objects });
  }

  private resultOf(view: View, { objects: listed, strays: beside }: ListedObjects): AuditResult {
    const { client, clock, store } = this.place;
    const { memory, health } = store.source;
    const vanished = memory.record?.vanished;
    const found = auditSource({
      ...{ source: withGone(view), listed, beside },
      vanished: vanished && {
        count: vanished.count,
        objects: vanished.ids && { ...NO_OBJECTS, data: vanished.ids },
      },
      corrupt: corruptAtSource(store.facts).map(pathOf).sort(),
    });
    const at = clock.now();
    const findings = explainSource(found, { client, hint: health.trouble?.hint });
    return { at, window: { to: at }, findings };
  }
}

/** What should be there: packs that were overwritten are not in the view any more. */
function withGone({ objects, vanished }: View): Objects {
  if (vanished === undefined || vanished === 'unknown') return objects;
  return { ...objects, data: zipData(objects.data, vanished, plus) };
}

function isAsViewed({ objects }: ListedObjects, view: View): boolean {
  const { listedKeys: keys = view.objects.keys } = view;
  return areEqual(objects, { ...view.objects, keys });
}
