import type { Location, LockFiles } from '../locations/location.ts';
import type { SourceState } from '../report/types.ts';
import { minus, plus } from '../repository/catalogue.ts';
import { zipData } from '../repository/data-catalogue.ts';
import { recallPacks } from '../repository/expected-packs.ts';
import { linkedDirectories } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { describeLoss, lossProblem } from '../replication/describe-loss.ts';
import { SourceProblem } from '../replication/source-problem.ts';
import {
  acceptLoss,
  recordIncomplete,
  recordScan,
  recordUnchanged,
  stateOf,
  type SourceRecord,
} from '../replication/source-record.ts';
import type { TakenView } from '../replication/take-view.ts';
import type { Clock } from '../runtime/clock.ts';
import { emptyProblem } from './source-problems.ts';
import type { FactStore } from '../facts/fact-store.ts';

interface SourceMemoryOptions {
  readonly source: Location;
  readonly store: FactStore;
  readonly clock: Clock;
}

/** Compares each check of the source with the record, and updates the record. */
export class SourceMemory {
  private readonly options: SourceMemoryOptions;
  private locksBefore: LockFiles | undefined;

  constructor(options: SourceMemoryOptions) {
    this.options = options;
  }

  /** Call it before anything is listed. */
  begin(locks: LockFiles | undefined): void {
    this.locksBefore = locks;
  }

  /** Takes over names that an earlier process listed. */
  recall({ data: there }: Objects): void {
    const { record } = this;
    if (record === undefined) return;
    const lost = record.vanished?.ids;
    const packs = recallPacks(record.packs, there);
    this.keep({ ...record, packs: lost ? recallPacks(packs, zipData(there, lost, plus)) : packs });
  }

  /** Records a check that listed everything. Rejects with a SourceProblem when the view is not valid. */
  async note(view: View, signal: AbortSignal): Promise<void> {
    await this.compare(view.objects, signal);
    this.requireIndexes();
  }

  /** Records a check that found no change. */
  noteUnchanged(): void {
    const record = this.record;
    if (record !== undefined)
      this.keep(recordUnchanged(record, this.locksBefore, this.options.clock.now()));
  }

  /** Turns the problem of an incomplete repository into one that says what has vanished. */
  async explain(problem: SourceProblem, signal: AbortSignal): Promise<SourceProblem> {
    const { record } = this;
    const { absence } = problem;
    const { source, store } = this.options;
    const { count = 0 } = store.source.contents.snapshots ?? {};
    const hadSnapshots = count > 0;
    if (problem.fault === 'empty' && hadSnapshots) return emptyProblem(count, source.label);
    if (absence === undefined || record === undefined || !hadSnapshots) return problem;
    if (absence.objects === undefined) this.keep(recordIncomplete(record));
    else await this.compare(absence.objects, signal);
    if (absence.what === 'data' && this.record?.vanished === undefined) return problem; // a person accepted the loss
    return lossProblem(this.loss(absence.what));
  }

  /** The state of a source with a new or confirmed valid view, and its message. */
  judge(): Pick<SourceState, 'state' | 'message' | 'hint'> {
    const state = this.record === undefined ? 'ok' : stateOf(this.record);
    if (state === 'ok') return { state };
    return { state, ...describeLoss(this.loss('data')) };
  }

  /** Objects missing from a view that new snapshots may need. What is behind a link is unknown. */
  vanishedFrom({ refused }: Pick<TakenView, 'refused'>): View['vanished'] {
    if (linkedDirectories(refused).length > 0) return 'unknown';
    const vanished = this.record?.vanished;
    if (vanished === undefined) return undefined;
    return vanished.ids ?? 'unknown';
  }

  /** Accepts a loss for a person; returns its severity, or undefined if nothing is recorded. */
  accept(): 'suspect' | 'damaged' | undefined {
    const { record } = this;
    if (record === undefined) return undefined;
    this.keep(acceptLoss(record));
    return stateOf(record) === 'suspect' ? 'suspect' : 'damaged';
  }

  private async compare(objects: Objects, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.options;
    const locksAfter = await this.options.source.locks({ signal }).catch(() => undefined); // only additional evidence
    const before = store.source.contents.snapshots ?? objects.snapshots;
    const check = {
      objects,
      locksBefore: this.locksBefore,
      locksAfter,
      newSnapshots: minus(objects.snapshots, before).count,
      now: clock.now(),
    };
    this.keep(recordScan(this.record, check));
  }

  /** A view is not valid if an index vanished from it and no new one appeared (I2). */
  private requireIndexes(): void {
    const { record } = this;
    if (record !== undefined && record.incompleteLooks > 0) throw lossProblem(this.loss('index'));
  }

  private loss(what: 'config' | 'keys' | 'index' | 'data') {
    const { source, store } = this.options;
    const { record } = this;
    if (record === undefined) throw new Error('nothing is known about the source');
    return { what, record, label: source.label, client: store.facts.client };
  }

  private get record(): SourceRecord | undefined {
    return this.options.store.source.memory.record;
  }

  private keep(record: SourceRecord | undefined): void {
    this.options.store.updateSource('memory', { record });
  }
}
