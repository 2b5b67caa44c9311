import { errorMessage } from '../runtime/system-error.ts';
import { isSame } from '../config/reload.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import type { ClientReport } from '../report/types.ts';
import { isAbort, sharedController } from '../runtime/abort.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { LockedError } from '../state/lock.ts';
import { holdUnit, runHeldUnit, type HeldUnit, type HostOptions } from './hosted-unit.ts';

/** How often to ask again for a client that another process still holds, in milliseconds. */
const RETRY_MS = 5_000;

interface Running {
  readonly config: ClientConfig;
  readonly held: HeldUnit;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** All clients of a daemon: each runs by itself, is replaced when its configuration changes, and can be taken away. */
export class Supervisor {
  private readonly options: HostOptions;
  private readonly running = new Map<string, Running>();
  /** by the newest configuration */
  private wanted: ReadonlyMap<string, ClientConfig> = new Map();
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  constructor(options: HostOptions) {
    this.options = options;
  }

  /** Takes all clients or none; rejects with an ExitError when another process has one of them. */
  async start(clients: readonly ClientConfig[]): Promise<void> {
    const held: [ClientConfig, HeldUnit][] = [];
    try {
      for (const config of clients) held.push([config, await holdUnit(config, this.options)]);
    } catch (error) {
      await Promise.all(held.map(([, unit]) => unit.release()));
      throw asExitError(error);
    }
    for (const [config, unit] of held) this.launch(config, unit);
  }

  /** Makes the running clients those of a new configuration. */
  async apply(config: Config, refused: ReadonlyMap<string, string>): Promise<void> {
    const wanted = new Map(config.clients.map((client) => [client.name, client]));
    this.wanted = wanted;
    const obsolete = [...this.running.values()].filter(
      ({ config: { name }, config: old }) => !isSame(old, wanted.get(name)),
    );
    for (const name of this.waiting.keys()) this.forget(name);
    await Promise.all(obsolete.map(({ config: { name } }) => this.remove(name)));
    for (const client of wanted.values()) {
      if (!this.running.has(client.name)) await this.add(client);
    }
    for (const [name, { held }] of this.running) held.unit.setConfigError(refused.get(name));
  }

  reports(): ClientReport[] {
    return [...this.running.values()]
      .map(({ held }) => held.unit.report())
      .sort((a, b) => (a.client < b.client ? -1 : 1));
  }

  async stop(): Promise<void> {
    this.wanted = new Map();
    for (const name of this.waiting.keys()) this.forget(name);
    await Promise.all([...this.running.keys()].map((name) => this.remove(name)));
  }

  private async add(config: ClientConfig): Promise<void> {
    const { log } = this.options;
    this.forget(config.name);
    try {
      const held = await holdUnit(config, this.options);
      if (this.wanted.get(config.name) !== config) {
        await held.release();
        return;
      }
      this.launch(config, held);
      log.info({ client: config.name }, 'client added');
    } catch (error) {
      log.warn({ client: config.name }, `not started yet: ${(error as Error).message}`);
      const timer = setTimeout(() => void this.add(config), RETRY_MS);
      this.waiting.set(config.name, timer);
    }
  }

  /** Asks for it no more: it is not wanted now, or asked for anew. */
  private forget(name: string): void {
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

  private async remove(name: string): Promise<void> {
    const unit = this.running.get(name);
    if (unit === undefined) return;
    unit.controller.abort();
    await unit.done;
    this.running.delete(name);
    await unit.held.release().catch((error: unknown) => {
      this.options.log.error({ client: name }, `cannot save the state: ${errorMessage(error)}`);
    });
  }
}

export function asExitError(error: unknown): unknown {
  if (!(error instanceof LockedError)) return error;
  return new ExitError(
    EXIT.busy,
    `another backup-syncd runs this client: ${error.message}`,
    `ask it for a pass with 'backup-syncd sync', or stop the process ${error.pid} first`,
  );
}
