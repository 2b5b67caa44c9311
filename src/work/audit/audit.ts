import type { AuditResult } from '../../facts/audit.ts';
import { SOURCE_NAME, type SyncReport } from '../../facts/sync-report.ts';
import type { AuditFindingName } from '../../replication/audit-findings.ts';
import { corruptAtSource } from '../../facts/overwritten.ts';
import { auditBackend, type AuditWindow } from '../../replication/audit.ts';
import { objectsNamed } from '../../replication/repair.ts';
import type { Catalogue } from '../../repository/catalogue.ts';
import { countObjects, NO_OBJECTS, type Objects } from '../../repository/objects.ts';
import type { View } from '../../repository/view.ts';
import { isWithin } from '../../runtime/clock.ts';
import type { Activity } from '../activity.ts';
import { Attempts } from '../attempts.ts';
import type { Inspections } from '../inspections.ts';
import type { BackendPass } from '../pass.ts';
import type { Workplace } from '../workplace.ts';
import { explainBackend } from './actions.ts';
import { requireView } from './require-view.ts';

/**
 * Lists everything at a backend, trusts nothing that is remembered, and compares it with the source's view. Losses that it finds
 * are in the facts, and the sync sends those objects again. Each full listing is judged, whatever its purpose: the first
 * inspection of a process is a full one anyway, so it is left to the sync.
 */
export class Audit implements Activity {
  readonly name = 'audit';
  readonly everyMs: number;
  private readonly place: Workplace;
  private readonly inspections: Inspections;
  private readonly attempts: Attempts;
  /** the view that the last full listing was compared with */
  private comparedWith: View | undefined;
  /** what was there, and complete, when the findings were last remembered */
  private judged: Judged = { objects: undefined, complete: undefined };

  constructor(place: Workplace, inspections: Inspections) {
    this.place = place;
    this.everyMs = place.config.intervals.auditEveryMs;
    this.inspections = inspections;
    this.attempts = new Attempts(this.name, place);
    inspections.onListing = (view) => this.noteListing(view);
    inspections.onRepaired = (from) => this.noteRepaired(from);
  }

  /**
   * Whether the audit is due and has a free slot. It does not wait for one: the next poll asks again, and the sync is not held up.
   */
  isDue(): boolean {
    const { backend, view } = this.place;
    const canList = view() !== undefined && backend.known.objects !== undefined;
    const { isFree } = this.place.transfers.audits;
    return canList && isFree && this.inspections.isListingDue && this.attempts.mayBegin();
  }

  async run(pass: BackendPass): Promise<SyncReport> {
    const { around, transfers } = this.place;
    const inspection = async () => {
      const view = requireView(this.place);
      this.forgetRepaired();
      await this.inspections.inspect(view, pass, 'full');
    };
    return transfers.audits.during(() =>
      this.attempts.during(pass, () => around(pass, inspection)),
    );
  }

  /** Whether the last audit found objects that have to come back. */
  get hasRepairs(): boolean {
    return repairable(this.known.audit.lastAudit) > 0;
  }

  /** Removes findings about objects that a sync has sent since the last full listing, as its barrier has proven. */
  settle(): void {
    this.noteRepaired(SOURCE_NAME);
  }

  /** Updates the findings at once, without another listing, after a person has moved objects aside or back. */
  noteMoved(): void {
    const { lastAudit } = this.known.audit;
    const now = lastAudit && this.judge(lastAudit.window);
    if (now !== undefined) this.remember(now);
  }

  private noteRepaired(from: string): void {
    const { store, clock } = this.place;
    const { lastAudit } = this.known.audit;
    const isOpen = lastAudit?.findings.some(({ finding }) => PASSING.has(finding)) === true;
    if (!isOpen || this.comparedWith === undefined || !this.hasChanged()) return;
    const { at, window, repaired = [] } = lastAudit;
    const now = this.resultOf(this.place.view() ?? this.comparedWith, { at, window });
    const objects = repairable(lastAudit) - repairable(now);
    const back = { from, objects, repairedAt: clock.now() };
    const all = objects > 0 ? [...repaired, back] : repaired;
    this.remember({ ...now, ...(all.length > 0 && { repaired: all }) });
    store.markForSaving();
  }

  /** Whether something else is there, or complete, than when the findings were last remembered. */
  private hasChanged(): boolean {
    const { objects, complete } = this.compared;
    return this.judged.objects !== objects || this.judged.complete !== complete;
  }

  private remember(lastAudit: AuditResult): void {
    const { store, config } = this.place;
    this.judged = this.compared;
    store.updateBackend(config.name, 'audit', { lastAudit });
  }

  private get compared(): Judged {
    return { objects: this.place.backend.known.objects, complete: this.known.contents.complete };
  }

  /** Judges what is known since the last full listing by another window; undefined if there was none. */
  judge(window: AuditWindow): AuditResult | undefined {
    const { comparedWith } = this;
    const { lastAudit } = this.known.audit;
    if (comparedWith === undefined || lastAudit === undefined) return undefined;
    const { at, repaired } = lastAudit;
    return { ...this.resultOf(comparedWith, { at, window }), ...(repaired && { repaired }) };
  }

  private get known() {
    return this.place.store.backend(this.place.config.name);
  }

  /** The window of a scheduled audit: all snapshots that are older than the allowed lag. */
  private get window(): AuditWindow {
    const { clock, config } = this.place;
    return { to: clock.now() - config.maxLagMs };
  }

  /** Forgets what came back: a new audit reports its own findings. */
  private forgetRepaired(): void {
    const { store, config } = this.place;
    const { lastAudit } = this.known.audit;
    if (lastAudit?.repaired === undefined) return;
    store.updateBackend(config.name, 'audit', { lastAudit: { ...lastAudit, repaired: undefined } });
  }

  private noteListing(view: View): void {
    this.comparedWith = view;
    const at = this.place.clock.now();
    const { repaired = [] } = this.known.audit.lastAudit ?? {};
    const recent = repaired.filter(({ repairedAt }) => isWithin(this.everyMs, repairedAt, at));
    const result = this.resultOf(view, { at, window: this.window });
    this.remember({ ...result, ...(recent.length > 0 && { repaired: recent }) });
    this.attempts.proven();
  }

  private resultOf(
    view: View,
    { at, window }: { readonly at: number; readonly window: AuditWindow },
  ): AuditResult {
    const { backend, config, client, store } = this.place;
    const { lost, lostUnnamed, isDamaged, objects: listed = NO_OBJECTS } = backend.known;
    const { complete, unproven } = this.known.contents;
    const { findings, surplus } = auditBackend({
      source: view.objects,
      sourceKeys: view.listedKeys ?? view.objects.keys,
      listed,
      beside: backend.known.strays,
      lost,
      lostUnnamed,
      complete,
      unproven,
      window,
      hasLostConfig: isDamaged && countObjects(lost) + lostUnnamed === 0,
      retired: backend.managed?.aside.known ?? NO_OBJECTS,
      corrupt: objectsNamed(corruptAtSource(store.facts)),
      times: store.facts.history.times,
    });
    const { hasMarker } = config.traits;
    const hasSnapshots = view.objects.snapshots.count > 0;
    const audited = { client, backend: config.name, hasMarker, hasSnapshots };
    return { at, window, findings: explainBackend(findings, audited), surplus };
  }
}

interface Judged {
  readonly objects: Objects | undefined;
  readonly complete: Catalogue | undefined;
}

/** Findings that end with what a sync sends. */
const PASSING: ReadonlySet<AuditFindingName> = new Set([
  'snapshots_missing',
  'missing',
  'wrong_size',
  'unsent',
]);

/** The number of objects in a result that have to come back. */
function repairable(result: AuditResult | undefined): number {
  const findings = result?.findings ?? [];
  return findings
    .filter(({ finding }) => finding === 'missing' || finding === 'wrong_size')
    .reduce((sum, { count }) => sum + count, 0);
}
