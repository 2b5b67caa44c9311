import type { FactStore } from '../facts/fact-store.ts';
import { describe, reportAt, type Description, type ReportSettings } from '../report/derive.ts';
import { Protections } from '../report/protection.ts';
import { snapshotRows } from '../report/snapshot-rows.ts';
import type { ClientReport, SnapshotRow } from '../report/types.ts';
import type { Clock } from '../runtime/clock.ts';
import { Derived } from '../runtime/derived.ts';

/** The report of a client, from its facts and its configuration. */
export class UnitReport {
  private readonly store: FactStore;
  private readonly clock: Clock;
  private settings: ReportSettings;
  /** the last report, cached because scrapes are often more frequent than changes */
  private readonly description = new Derived<Description>();
  private readonly protections = new Protections();

  constructor(store: FactStore, settings: ReportSettings, clock: Clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  now(): ClientReport {
    const { facts } = this.store;
    const { settings } = this;
    const now = this.clock.now();
    const protection = this.protections.at(facts, settings, now);
    const description = this.description.of([facts, settings, protection], () =>
      describe(facts, settings, protection),
    );
    return reportAt(description, now);
  }

  snapshots(): SnapshotRow[] {
    return snapshotRows(this.store.facts, this.settings, this.clock.now());
  }

  change(settings: Pick<ReportSettings, 'configError' | 'saving'>): void {
    this.settings = { ...this.settings, ...settings };
  }
}
