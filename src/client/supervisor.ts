import { errorMessage } from '../runtime/system-error.ts';
import { isSame } from '../config/reload.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import type { ClientFacts } from '../facts/facts.ts';
import type { ClientReport } from '../report/types.ts';
import { isAbort, sharedController } from '../runtime/abort.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { LockedError } from '../state/lock.ts';
import type { LoopProgress } from './loop-progress.ts';
import type { ClientUnit } from './unit.ts';
import { requireShortPath } from './control-server.ts';
import {
  holdUnit,
  runHeldUnit,
  socketPathOf,
  type HeldUnit,
  type HostOptions,
} from './hosted-unit.ts';

/** How often to retry a client that another process still holds, in milliseconds. */
const RETRY_MS = 5_000;

interface Running {
  readonly config: ClientConfig;
  readonly held: HeldUnit;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** All clients of a daemon. Each runs independently, is replaced when its configuration changes, and can be removed. */
export class Supervisor {
  private readonly options: HostOptions;
  private readonly running = new Map<string, Running>();
  /** by the newest configuration */
  private wanted: ReadonlyMap<string, ClientConfig> = new Map();
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** what is known of clients whose state could not be saved when they were replaced */
  private readonly unsaved = new Map<string, ClientFacts>();
  /** those that are not taken */
  private readonly failed = new Map<string, { readonly error: unknown; readonly text: string }>();

  constructor(options: HostOptions) {
    this.options = options;
  }

  /**
   * Starts the clients. One that cannot be started is retried later, and does not keep others from running. Rejects with an
   * UnavailableError when none can be started.
   */
  async start(clients: readonly ClientConfig[]): Promise<void> {
    this.wanted = new Map(clients.map((client) => [client.name, client]));
    for (const client of clients) await this.take(client);
    const [first] = this.failed.values();
    if (first === undefined || this.failed.size < clients.length) return;
    await this.stop();
    throw asUnavailable(first.error);
  }

  /** Replaces the running clients with those of a new configuration. */
  async apply(config: Config, refused: ReadonlyMap<string, string>): Promise<void> {
    const wanted = new Map(config.clients.map((client) => [client.name, client]));
    this.wanted = wanted;
    const obsolete = [...this.running.values()].filter(
      ({ config: { name }, config: old }) => !isSame(old, wanted.get(name)),
    );
    for (const name of [...this.waiting.keys()]) {
      if (wanted.has(name))
        this.stopWaiting(name); // the reason stays until the next attempt
      else this.forget(name);
    }
    await Promise.all(obsolete.map(({ config: { name } }) => this.remove(name)));
    for (const client of wanted.values()) {
      if (!this.running.has(client.name)) await this.add(client);
    }
    for (const [name, { held }] of this.running) held.unit.setConfigError(refused.get(name));
  }

  reports(): ClientReport[] {
    return this.units().map((unit) => unit.report());
  }

  /** How far the loop of each running client has come. */
  loops(): LoopProgress[] {
    return this.units().map(({ progress }) => progress);
  }

  /** The unit of a client that runs. */
  unit(client: string): ClientUnit | undefined {
    return this.running.get(client)?.held.unit;
  }

  /** Why clients could not be started, and what to do. */
  failures(): ReadonlyMap<string, string> {
    return new Map([...this.failed].map(([name, { text }]) => [name, text]));
  }

  /** Returns whether all states were saved. */
  async stop(): Promise<boolean> {
    this.wanted = new Map();
    for (const name of this.waiting.keys()) this.forget(name);
    const saved = await Promise.all([...this.running.keys()].map((name) => this.remove(name)));
    return saved.every(Boolean);
  }

  /** All units, sorted by name. */
  private units(): ClientUnit[] {
    return [...this.running.values()]
      .map(({ held }) => held.unit)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async add(config: ClientConfig): Promise<void> {
    if (await this.take(config)) this.options.log.info({ client: config.name }, 'client added');
  }

  /** Returns whether it is running now. */
  private async take(config: ClientConfig): Promise<boolean> {
    const { log, runtimeDirectory } = this.options;
    this.stopWaiting(config.name);
    try {
      requireShortPath(socketPathOf(runtimeDirectory, config.name));
      const held = await holdUnit(config, this.options, this.unsaved.get(config.name));
      if (this.wanted.get(config.name) !== config) {
        await held.release();
        return false;
      }
      this.failed.delete(config.name);
      this.unsaved.delete(config.name);
      this.launch(config, held);
      return true;
    } catch (error) {
      const { message, hint } = asUnavailable(error) as Error & { hint?: string };
      const text = hint === undefined ? message : `${message}; ${hint}`;
      const isNews = this.failed.get(config.name)?.text !== text;
      if (isNews) log.error({ client: config.name, hint }, `not started, will retry: ${message}`);
      this.failed.set(config.name, { error, text });
      const timer = setTimeout(() => void this.add(config), RETRY_MS);
      this.waiting.set(config.name, timer);
      return false;
    }
  }

  /** Forgets a client that is no longer configured. */
  private forget(name: string): void {
    this.stopWaiting(name);
    this.failed.delete(name);
    this.unsaved.delete(name);
  }

  private stopWaiting(name: string): void {
    clearTimeout(this.waiting.get(name));
    this.waiting.delete(name);
  }

  private launch(config: ClientConfig, held: HeldUnit): void {
    const controller = sharedController();
    const done = runHeldUnit(held, this.options, controller.signal).catch((error: unknown) => {
      if (isAbort(error)) return;
      const { message, stack } = error as Error;
      this.options.log.error(
        { client: config.name, stack },
        `the client's loops ended: ${message}`,
      );
    });
    this.running.set(config.name, { config, held, controller, done });
  }

  /** Returns whether its state was saved. */
  private async remove(name: string): Promise<boolean> {
    const unit = this.running.get(name);
    if (unit === undefined) return true;
    unit.controller.abort();
    await unit.done;
    this.running.delete(name);
    try {
      await unit.held.release();
      return true;
    } catch (error) {
      if (this.wanted.has(name)) this.unsaved.set(name, unit.held.unit.store.facts);
      this.options.log.error({ client: name }, `cannot save the state: ${errorMessage(error)}`);
      return false;
    }
  }
}

function asUnavailable(error: unknown): unknown {
  if (!(error instanceof LockedError)) return error;
  return new UnavailableError(
    'busy',
    `another backup-syncd is running this client: ${error.message}`,
    `run 'backup-syncd sync' to ask it for a pass, or stop process ${error.pid} first`,
  );
}
