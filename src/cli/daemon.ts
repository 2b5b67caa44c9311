import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Heartbeat } from '../client/heartbeat.ts';
import { DisabledHistories } from '../client/disabled-histories.ts';
import { createRuntimeDirectory } from '../client/control-server.ts';
import type { HostOptions } from '../client/hosted-unit.ts';
import { RemovedList } from '../client/removed-list.ts';
import { Supervisor } from '../client/supervisor.ts';
import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { loadRead } from '../config/load.ts';
import { formatProblem, isError, listProblems } from '../config/problem.ts';
import type { ReadResult } from '../config/read-files.ts';
import { planReload } from '../config/reload.ts';
import type { Config, Listen, LoadResult } from '../config/types.ts';
import { watchConfig } from '../config/watch.ts';
import { createApp } from '../http/app.ts';
import { startServer, type RunningServer } from '../http/server.ts';
import type { Log } from '../log/log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { DaemonPicture, DaemonReport, Picture } from '../report/types.ts';
import { discoveryInWords } from '../report/discovery-in-words.ts';
import { assessAll } from '../report/overall.ts';
import { toolVersions } from '../process/tool-versions.ts';
import { fired, isAbort } from '../runtime/abort.ts';
import { packageVersion } from '../runtime/package-files.ts';
import type { Context } from './context.ts';
import { withDiscovery } from './discovery.ts';
import { allNames, describeAll, selectClient } from './daemon-clients.ts';
import { hostOptions } from './places.ts';
import { daemonPicture } from './picture.ts';
import { SystemdService } from './systemd.ts';
import { SetUpDiscovered } from './set-up-discovered.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly loaded: LoadResult;
  readonly listen: Listen;
  /** only this client */
  readonly clientName: string | undefined;
  readonly log: Log;
}

/**
 * How long a stop may take, in milliseconds: scripts get five seconds to stop, and a container gets ten. Whatever still hangs then
 * ends with the process.
 */
const STOP_MS = 9_000;

/** The running daemon: supervisor, web server, live reload of the configuration. */
export class Daemon {
  private readonly context: Context;
  private readonly options: DaemonOptions;
  private readonly startedAt: number;
  private readonly version = packageVersion(); // a report does no I/O (I9)
  private config: Config;
  private refused: ReadonlyMap<string, string>;
  private lastReload: { readonly error?: string; readonly successAt: number };
  private supervisor: Supervisor | undefined;
  private removed: RemovedList | undefined;
  private histories: DisabledHistories | undefined;
  private readonly heartbeat: Heartbeat;
  private readonly service: SystemdService;
  private readonly transfers: TransferQueue;
  private readonly setUpDiscovered: SetUpDiscovered;
  private tools: Readonly<Record<string, string>> = {};

  constructor(context: Context, options: DaemonOptions) {
    this.context = context;
    this.options = options;
    this.startedAt = context.clock.now();
    this.config = selectClient(options.config, options.clientName);
    this.refused = describeAll(options.loaded.clientProblems, options.clientName);
    this.lastReload = { successAt: this.startedAt };
    this.transfers = new TransferQueue(this.config.limits);
    this.setUpDiscovered = new SetUpDiscovered(context, {
      log: options.log,
      onSetUp: (client) => this.supervisor?.unit(client)?.nudge(),
    });
    this.heartbeat = new Heartbeat({
      clock: context.clock,
      log: options.log,
      filesOf: (path) => context.ownFiles(dirname(path)),
      config: () => this.config.heartbeat,
      overall: () => assessAll(this.picture()),
    });
    this.service = new SystemdService({
      env: context.env,
      pid: process.pid,
      clock: context.clock,
      log: options.log,
      loops: () => this.supervisor?.loops() ?? [],
    });
  }

  /** Takes the clients, then listens. Rejects with an UnavailableError when either is not possible. */
  async start(): Promise<RunningServer> {
    const { context, options } = this;
    this.sayRefused();
    this.tools = await toolVersions(context.signals.stop);
    const host = await this.host();
    this.supervisor = new Supervisor(host);
    const { runtimeDirectory } = this.config;
    await createRuntimeDirectory(runtimeDirectory, context.ownFiles(runtimeDirectory));
    await this.supervisor.start(this.config.clients);
    this.removed = new RemovedList(host);
    await this.removed.load();
    await this.removed.note(allNames(options.config, options.loaded.clientProblems));
    this.histories = new DisabledHistories(host);
    await this.histories.read(this.config.disabled);
    try {
      const { scrape } = createMetrics({ report: () => this.report() });
      const onError = (error: unknown, path: string) =>
        options.log.error({ path }, `cannot answer ${path}: ${(error as Error).message}`);
      const app = createApp({
        report: () => this.report(),
        scrape,
        onError,
        now: () => context.clock.now(),
        snapshots: (client) => this.supervisor?.unit(client)?.snapshots() ?? [],
        passes: (client) => this.supervisor?.unit(client)?.passes ?? [],
        interventions: (client) =>
          this.supervisor?.unit(client)?.interventions ?? this.histories?.of(client) ?? [],
      });
      return await startServer(app, {
        ...options.listen,
        signal: context.signals.stop,
        allowedHosts: () => this.config.allowedHosts,
      });
    } catch (error) {
      await this.supervisor.stop();
      throw error;
    }
  }

  /** Follows the configuration until the stop signal, then stops. Returns whether the state was saved. */
  async run(): Promise<boolean> {
    const { signals } = this.context;
    const beating = this.heartbeat.run(signals.stop);
    const serving = this.service.run(signals.stop);
    const watching = watchConfig(this.config.directory, {
      files: this.context.ownFiles(this.config.directory),
      complete: (read) => this.discover(read),
      onChange: (read) => this.reload(read),
      onReady: (ring) =>
        signals.onHangup(() => {
          this.options.log.info({}, 'SIGHUP: reloading the configuration');
          ring();
        }),
      signal: signals.stop,
    });
    await Promise.race([watching, fired(signals.stop)]);
    this.options.log.info({}, 'stopping');
    const stopping = this.service.stopping();
    const stopped = watching
      .then(() => this.setUpDiscovered.idle())
      .then(() => Promise.all([this.supervisor?.stop(), beating, serving, stopping]))
      .then(([isSaved = true]) => ({ how: 'stopped', isSaved }));
    const hurried = fired(signals.hurry).then(() => ({ how: 'stopped', isSaved: true }));
    const ending = await Promise.race([
      stopped,
      hurried,
      wait(STOP_MS, { how: 'forced to stop', isSaved: false }, { ref: false }),
    ]);
    if (ending.how !== 'stopped' || this.heartbeat.isWaiting) this.context.ending.isForced = true;
    this.options.log.info({}, ending.how);
    return ending.isSaved;
  }

  report(): DaemonReport {
    const heartbeat = this.heartbeat.state();
    return {
      version: this.version,
      nodeVersion: process.version,
      startedAt: this.startedAt,
      tools: this.tools,
      logLinesDropped: this.context.logOutput.droppedLines,
      lastReloadSuccessAt: this.lastReload.successAt,
      removed: this.removed?.names(this.options.clientName) ?? [],
      ...(heartbeat !== undefined && { heartbeat }),
      ...this.picture(),
    };
  }

  private picture(): Picture {
    return { clients: this.supervisor?.reports() ?? [], ...this.ownPicture() };
  }

  private ownPicture(): DaemonPicture {
    const { supervisor, config, startedAt, lastReload } = this;
    return daemonPicture({
      config,
      startedAt,
      now: this.context.clock.now(),
      configError: lastReload.error,
      loops: supervisor?.loops() ?? [],
      refusals: [...(supervisor?.failures() ?? []), ...this.refused],
    });
  }

  private async discover(read: ReadResult): Promise<ReadResult> {
    const known = this.config.clients
      .filter(({ isDiscovered }) => isDiscovered)
      .map(({ name, file: directory }) => ({ name, directory }));
    return withDiscovery(this.context, read, {
      root: this.config.directory,
      stateDirectory: this.config.stateDirectory,
      known,
      stateFiles: this.context.ownFiles,
    }).catch((error: unknown) => {
      if (isAbort(error)) return read; // the daemon stops
      throw error;
    });
  }

  private async reload(read: ReadResult): Promise<void> {
    const { log } = this.options;
    const loaded = loadRead(read, this.config.directory);
    const ran = allNames(this.config);
    const wasDisabled = new Set(this.config.disabled.map(({ name }) => name));
    const before = this.settings();
    const unusedBefore = discoveryInWords(this.config.discovery)?.heading;
    const plan = planReload(this.config, loaded);
    const isSuccess = loaded.config !== undefined;
    this.config = selectClient(plan.config, this.options.clientName);
    this.refused = describeAll(plan.refused, this.options.clientName);
    this.lastReload = isSuccess
      ? { successAt: this.context.clock.now() }
      : { ...this.lastReload, error: loaded.problems.map(formatProblem).join('; ') };
    this.transfers.setLimits(this.config.limits);
    await this.supervisor?.apply(this.config, this.refused);
    await this.histories?.read(this.config.disabled);
    if (isSuccess) await this.removed?.note(allNames(plan.config, plan.refused), ran);
    this.heartbeat.nudge();
    this.setUpDiscovered.begin(this.config, loaded);
    this.logUnused(unusedBefore);
    if (before === this.settings()) return;
    if (isSuccess) log.info({ clients: this.config.clients.length }, 'configuration reloaded');
    for (const { name: client, reason } of this.config.disabled)
      if (!wasDisabled.has(client)) log.info({ client, reason }, 'client disabled');
    this.sayProblems(loaded);
    for (const key of plan.needsRestart) log.warn({ key }, `${key} takes effect after a restart`);
  }

  /** The settings that a reload can change, as one text, without repositories that are no clients. */
  private settings(): string {
    const { discovery: _, ...config } = this.config;
    return JSON.stringify([config, [...this.refused], this.lastReload.error]);
  }

  private sayProblems(loaded: LoadResult): void {
    for (const problem of listProblems(loaded))
      this.options.log[isError(problem) ? 'error' : 'warn']({}, formatProblem(problem));
  }

  /** Logs repositories that are no clients: at most one line, however many there are. */
  private logUnused(before: string | undefined): void {
    const now = discoveryInWords(this.config.discovery)?.heading;
    if (now !== before)
      this.options.log.warn({}, now ?? 'each repository that was found is a client');
  }

  private sayRefused(): void {
    for (const problem of this.options.loaded.warnings ?? [])
      this.options.log.warn({}, formatProblem(problem));
    for (const [client, error] of this.refused)
      this.options.log.error({ client }, `the configuration was refused: ${error}`);
  }

  private async host(): Promise<HostOptions> {
    const host = await hostOptions(this.context, this.config, this.options.log);
    return { ...host, transfers: this.transfers, daemon: () => this.ownPicture() };
  }
}
