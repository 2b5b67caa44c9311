import { ACTIVITIES } from '../work/activities.ts';
import type { MakeActivity } from '../work/activity.ts';
import type { GroupSettings } from '../work/groups/settings.ts';
import type { Retirement, RetireStep } from '../backends/retire.ts';
import { placeTraits, watchOf } from '../kinds/traits.ts';
import type { DirectoryWatch } from '../locations/directory/watch-directory.ts';
import type { Location } from '../locations/location.ts';
import type { ClientFacts } from '../facts/facts.ts';
import type { Intervention } from '../facts/interventions.ts';
import { withBackends } from '../facts/initial.ts';
import { recordPass, type RecentPass } from '../report/recent-passes.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { ClientReport, Saving, SnapshotRow } from '../report/types.ts';
import type { StepName } from '../replication/pass.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Objects } from '../repository/objects.ts';
import { SOURCE, type Listings } from '../state/listing-file.ts';
import { auditPlaces } from './audit-places.ts';
import type { AuditRequest } from './audit-request.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import { isAcceptedAnywhere } from './accepted-anywhere.ts';
import { backendSettings } from './backend-settings.ts';
import { BackendWorker, donorsOf } from './backend-worker.ts';
import { PollSchedule } from './poll-schedule.ts';
import { FactStore } from '../facts/fact-store.ts';
import { reportSettings } from './report-settings.ts';
import { moveRetired, notConfigured, viewFor, type RetireMessage } from './move-retired.ts';
import { openBackends, type ConfiguredBackend, type Surroundings } from './open-backends.ts';
import { Places } from '../backends/places.ts';
import type {
  RestoreCheckReport,
  RestoreCheckRequest,
} from '../work/restore-check/restore-check.ts';
import type { TransferQueue } from '../work/transfers/transfer-queue.ts';
import type { Acknowledged, RequestOf } from './control-protocol.ts';
import { RestoreChecks } from './restore-checks.ts';
import { ClientPauses } from './pauses.ts';
import { knownListings } from './known-listings.ts';
import { UnitReport } from './unit-report.ts';
import { SourceLoop } from './source-loop.ts';
import { makeSourceWorkers, type SourceWorkers } from './source-worker.ts';
import type { WatchSource } from './surroundings.ts';
import type { LoopProgress } from './loop-progress.ts';

export interface UnitOptions extends Surroundings {
  /** the saved state of this client */
  readonly facts: ClientFacts;
  /** absent: no hosts and paths are expected */
  readonly groups?: GroupSettings;
  /** the queue of all transfers in this process */
  readonly transfers: TransferQueue;
  readonly watchSource?: WatchSource;
  readonly clock: Clock;
  readonly onStep?: (backend: string, name: StepName | RetireStep) => void;
  /** default: all activities */
  readonly activities?: readonly MakeActivity[];
}

/** One client: a source loop and one worker per backend, switched on and off as a whole. */
export class ClientUnit {
  readonly name: string;
  readonly store: FactStore;
  /** without the facts, so that the saved ones can be garbage-collected */
  private readonly options: Omit<UnitOptions, 'facts'>;
  private readonly source: Location;
  private readonly loop: SourceLoop;
  private readonly restoreChecks: RestoreChecks;
  private readonly beside: SourceWorkers;
  private readonly workers: readonly BackendWorker[];
  /** workers with a requested pass, which starts after the source was checked, so a new view need not wake them */
  private readonly requested = new Set<BackendWorker>();
  /** the last known content of the source, at first from an earlier process */
  private lastKnown: Objects | undefined;
  /** passes since this process took the client, the newest first */
  passes: readonly RecentPass[] = [];
  private watch: DirectoryWatch | undefined;
  private readonly reporting: UnitReport;
  /** maintenance windows, on behalf of people */
  readonly pauses: ClientPauses;

  constructor({ facts, ...options }: UnitOptions) {
    const { config, clock, log } = options;
    this.options = options;
    this.name = config.name;
    const names = config.backends.map(({ name }) => name);
    this.store = new FactStore(withBackends(facts, names, clock.now()));
    this.reporting = new UnitReport(this.store, reportSettings(config), clock);
    this.source = options.openLocation({ config: config.source, role: 'source', log });
    const opened = openBackends(options, this.source);
    const known = names.map((name) => [name, this.store.backend(name).place.markerId] as const);
    const schedule = new PollSchedule(config.source.pollMs, clock);
    const places = new Places(known, (name) => this.worker(name)?.wakeup.demand());
    this.loop = new SourceLoop({
      store: this.store,
      log,
      clock,
      schedule,
      source: this.source,
      isRemote: placeTraits(config.source).isRemote,
      isAccepted: (sha, signal) => isAcceptedAnywhere(opened, sha, signal),
      onChange: () => this.onNewView(),
      onPolled: () => this.watch?.arm(),
    });
    this.restoreChecks = new RestoreChecks({
      config,
      clock,
      log,
      opened,
      store: this.store,
      loop: this.loop,
      source: this.source,
      env: options.scripts.env,
    });
    this.beside = makeSourceWorkers({
      config,
      clock,
      log,
      schedule,
      loop: this.loop,
      store: this.store,
      transfers: options.transfers,
      groups: options.groups,
      restores: this.restoreChecks.activities,
      open: () => options.openLocation({ config: config.source, role: 'source', log }),
    });
    this.workers = opened.map((one) => this.makeWorker(one, { places, schedule }));
    const { store, workers } = this;
    const sourceWorkers = this.beside.all;
    this.pauses = new ClientPauses({ store, clock, log, workers, sourceWorkers });
  }

  /** Runs until the signal fires; resolves when all loops have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, watchSource } = this.options;
    const { directory } = watchOf(config.source);
    if (directory !== undefined && watchSource !== undefined)
      this.watch = watchSource(directory, (name) => this.loop.changed(name));
    void this.restoreChecks.clear(); // nothing waits for a directory that hangs
    try {
      await Promise.all([
        this.loop.run(signal),
        ...[...this.beside.all, ...this.workers].map((worker) => worker.run(signal)),
      ]);
    } finally {
      this.watch?.close();
    }
  }

  /** Runs one pass now: over the source, then over every backend, or the named ones. Rejects for an unknown name. */
  async sync(signal: AbortSignal, names?: readonly string[]): Promise<SyncReport[]> {
    const unknown = names?.find((name) => this.worker(name) === undefined);
    if (unknown !== undefined) throw notConfigured(unknown);
    const chosen = this.workers.filter(({ name }) => names?.includes(name) ?? true);
    for (const worker of chosen) this.requested.add(worker);
    try {
      await this.loop.poll(signal, { refresh: true, care: 'full' });
    } finally {
      for (const worker of chosen) this.requested.delete(worker);
    }
    return Promise.all(chosen.map((worker) => worker.pass(signal, 'request')));
  }

  /** Audits the source and every backend now, or the named ones. Rejects for an unknown name. */
  async audit(request: AuditRequest, signal: AbortSignal): Promise<AuditReport[]> {
    const { store, loop, workers, beside } = this;
    return auditPlaces({ ...beside, store, loop, workers }, request, signal);
  }

  /** Moves objects of a backend aside, or back. Rejects if something prevents it. */
  async moveRetired(name: string, ask: RetireMessage, signal: AbortSignal): Promise<Retirement> {
    const { clock, onStep } = this.options;
    const worker = this.worker(name);
    if (worker === undefined) throw notConfigured(name);
    const view = await viewFor(ask, { loop: this.loop, store: this.store, signal });
    const how = { now: clock.now(), onStep: (step: RetireStep) => onStep?.(name, step) };
    return worker.move(view, signal, (backend, known) =>
      moveRetired(backend, { ask, view, signal }, { ...how, known }),
    );
  }

  /** Restores some files from a place now. Rejects if that cannot begin. */
  async restoreCheck(
    ask: RestoreCheckRequest,
    say: (text: string) => void,
    signal: AbortSignal,
  ): Promise<RestoreCheckReport> {
    if (this.loop.view === undefined)
      await this.loop.poll(signal, { refresh: true, care: 'names' });
    const { restoreWorker } = this.beside;
    const { runningAt } = this.restoreChecks;
    if (runningAt !== undefined)
      say(`a restore check of ${runningAt} is running: this one begins when that has ended`);
    return restoreWorker.instead(signal, (run) => this.restoreChecks.ask(ask, run, say));
  }

  report(): ClientReport {
    return this.reporting.now();
  }

  /** How far the source loop has come. */
  get progress(): LoopProgress {
    return { client: this.name, ...this.loop.progress };
  }

  /** what people did lately, the newest first */
  get interventions(): readonly Intervention[] {
    return this.store.facts.interventions.interventions ?? [];
  }

  snapshots(): SnapshotRow[] {
    return this.reporting.snapshots();
  }

  /** Takes over the names that an earlier process knew at the source. Call it before the first check. */
  recallSource(listings: Listings): void {
    this.lastKnown = listings.get(SOURCE);
    if (this.lastKnown !== undefined) this.loop.recall(this.lastKnown);
  }

  /** The names of all known objects at the source and at the backends, for a later process. */
  listings(): Listings {
    return knownListings(this.store.facts, this.lastKnown);
  }

  /** Records that a new configuration was refused; undefined when it is in use. */
  setConfigError(message: string | undefined): void {
    this.reporting.change({ configError: message });
  }

  setSaving(saving: Saving): void {
    this.reporting.change({ saving });
  }

  /** Accepts what has vanished from the source on behalf of a person; returns what that was, or undefined when nothing has. */
  async acknowledge(request: RequestOf<'ack'>, signal: AbortSignal): Promise<Acknowledged> {
    return this.loop.acknowledge(request, signal);
  }

  /** Wakes every loop, on behalf of a person or an event. */
  nudge(): void {
    this.loop.wakeup.demand();
    for (const worker of this.workers) worker.wakeup.demand();
  }

  private makeWorker(
    { backend, sender, around, config: backendConfig }: ConfiguredBackend,
    shared: { places: Places; schedule: PollSchedule },
  ): BackendWorker {
    const { config, clock, log, onStep, transfers, activities = ACTIVITIES } = this.options;
    const { name } = backendConfig;
    return new BackendWorker({
      backend,
      sender,
      clock,
      transfers,
      ...shared,
      activities,
      source: this.source,
      store: this.store,
      client: config.name,
      config: backendSettings(backendConfig, config),
      log: log.child({ backend: name }),
      donors: () => donorsOf(name, this.workers, this.store),
      view: () => this.loop.view,
      configSha256: () => this.loop.configSha256,
      freshView: (signal, care) => this.loop.freshView(signal, care),
      confirmSource: (signal) => this.loop.confirm(signal),
      onPass: (pass) => {
        this.passes = recordPass(this.passes, pass);
        this.loop.guard.noteUnsent();
      },
      onStep: (step) => onStep?.(name, step),
      around,
      elsewhere: this.restoreChecks.at(backendConfig),
    });
  }

  private worker(name: string): BackendWorker | undefined {
    return this.workers.find((worker) => worker.name === name);
  }

  private onNewView(): void {
    this.lastKnown = this.loop.known ?? this.lastKnown;
    for (const worker of this.workers) worker.sourceChanged();
    for (const worker of this.beside.all) worker.wakeup.nudge();
    for (const worker of this.workers) if (!this.requested.has(worker)) worker.wakeup.nudge();
  }
}
