import { listObjects, type ListedObjects } from '../../backends/list-objects.ts';
import type { AuditResult } from '../../facts/audit.ts';
import { corruptAtSource } from '../../facts/overwritten.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { auditSource } from '../../replication/audit.ts';
import { sha256 } from '../../replication/take-view.ts';
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
import { requireView } from './require-view.ts';

/**
 * Lists everything at the source, and reads its `config`, beside the source loop, which trusts what it remembers. If something
 * differs from the view, the loop checks everything again: it judges what is gone.
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

  /** The loop's first view of a remote lists everything, so the first audit there waits for one interval. */
  isDue(): boolean {
    const { clock, transfers, isRemote } = this.place;
    const { lastSuccess, configuredAt } = this.attempts.known;
    const lastListing = lastSuccess ?? (isRemote ? configuredAt : undefined);
    const due = { everyMs: this.everyMs, lastListing, now: clock.now() };
    return transfers.audits.isFree && this.since.isDue(due) && this.attempts.mayBegin();
  }

  async run(run: Run): Promise<SyncReport> {
    return this.place.transfers.audits.during(() => this.audit(run));
  }

  private async audit(run: Run): Promise<SyncReport> {
    return this.attempts.during(run, async () => {
      const { store, recheck, confirmSizes } = this.place;
      const view = requireView(this.place);
      const { listed, isSame } = await this.compare(view, run);
      if (isSame) confirmSizes(listed.objects);
      else {
        await recheck(run.signal);
        requireView(this.place);
      }
      store.updateSource('audit', { lastAudit: this.resultOf(view, listed) });
      this.since.note();
    });
  }

  private async compare(
    view: View,
    { signal }: Run,
  ): Promise<{ readonly listed: ListedObjects; readonly isSame: boolean }> {
    const source = this.place.source();
    const [listed, config] = await Promise.all([
      listObjects(source, { signal, care: 'full', like: view.objects }),
      source.read('config', { signal }),
    ]);
    const isSameConfig = config !== undefined && sha256(config) === view.configSha256;
    return { listed, isSame: isSameConfig && isAsViewed(listed, view) };
  }

  private resultOf(view: View, { objects: listed, strays: beside }: ListedObjects): AuditResult {
    const { client, clock, store } = this.place;
    const { memory, health } = store.source;
    const vanished = memory.record?.vanished;
    const found = auditSource({
      source: withGone(view),
      listed,
      beside,
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

/** The objects that should be there: overwritten packs are no longer in the view. */
function withGone({ objects, vanished }: View): Objects {
  if (vanished === undefined || vanished === 'unknown') return objects;
  return { ...objects, data: zipData(objects.data, vanished, plus) };
}

function isAsViewed({ objects }: ListedObjects, view: View): boolean {
  const { listedKeys: keys = view.objects.keys } = view;
  return areEqual(objects, { ...view.objects, keys });
}
