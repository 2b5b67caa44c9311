import { isSame } from '../config/reload.ts';
import type { OwnFiles } from '../files/own-files.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorMessage } from '../runtime/system-error.ts';
import {
  announced,
  clientsWithState,
  loadRemoved,
  saveRemoved,
  updateRemoved,
  type RemovedClients,
} from '../state/removed-clients.ts';

export interface RemovedListOptions {
  readonly stateDirectory: string;
  readonly stateFiles: OwnFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** The clients of a daemon that are no longer configured, as saved in its state directory. */
export class RemovedList {
  private readonly options: RemovedListOptions;
  private removed: RemovedClients = new Map();

  constructor(options: RemovedListOptions) {
    this.options = options;
  }

  /** The clients that were removed less than a day ago, or only the named one. */
  names(clientName?: string): string[] {
    return announced(this.removed, this.options.clock.now()).filter(
      (client) => clientName === undefined || client === clientName,
    );
  }

  async load(): Promise<void> {
    const { stateDirectory, stateFiles } = this.options;
    this.removed = await loadRemoved(stateDirectory, stateFiles);
  }

  /**
   * Records which clients are missing from a new configuration. Never throws.
   *
   * @param configured all clients in it, including refused ones
   * @param ran those before it
   */
  async note(configured: readonly string[], ran: readonly string[] = []): Promise<void> {
    const { stateDirectory, stateFiles, clock, log } = this.options;
    // `client remove` adds to the file
    const before = new Map([...(await loadRemoved(stateDirectory, stateFiles)), ...this.removed]);
    this.removed = before;
    if (configured.length === 0) return; // more likely a mistake, which BackupClientVanished reports
    try {
      const known = [...(await clientsWithState(stateDirectory, stateFiles)), ...ran];
      this.removed = updateRemoved(before, { configured: new Set(configured), known }, clock.now());
      if (isSame([...before], [...this.removed])) return;
      for (const client of this.removed.keys()) {
        if (!before.has(client)) log.info({ client }, 'client removed: it is no longer configured');
      }
      await saveRemoved(stateDirectory, this.removed, stateFiles);
    } catch (error) {
      log.warn(
        {},
        `cannot save the list of removed clients in ${stateDirectory}: ${errorMessage(error)}`,
      );
    }
  }
}
