import type { DisabledClient } from '../config/types.ts';
import type { Intervention } from '../facts/interventions.ts';
import type { OwnFiles } from '../files/own-files.ts';
import type { Log } from '../log/log.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { loadState, stateFileOf } from '../state/state-file.ts';

export interface DisabledHistoriesOptions {
  readonly stateDirectory: string;
  readonly stateFiles: OwnFiles;
  readonly log: Log;
}

/** The history of what people did to disabled clients, read from their state files, because no unit runs for them. */
export class DisabledHistories {
  private readonly options: DisabledHistoriesOptions;
  private histories: ReadonlyMap<string, readonly Intervention[]> = new Map();

  constructor(options: DisabledHistoriesOptions) {
    this.options = options;
  }

  of(client: string): readonly Intervention[] {
    return this.histories.get(client) ?? [];
  }

  /** Reads those of clients that were enabled before. Never rejects: a history that cannot be read is empty. */
  async read(disabled: readonly Pick<DisabledClient, 'name'>[]): Promise<void> {
    const entries = disabled.map(
      async ({ name }) => [name, this.histories.get(name) ?? (await this.load(name))] as const,
    );
    this.histories = new Map(await Promise.all(entries));
  }

  private async load(client: string): Promise<readonly Intervention[]> {
    const { stateDirectory, stateFiles: files, log } = this.options;
    try {
      const { facts } = await loadState(stateFileOf(stateDirectory, client), client, { files });
      return facts?.interventions.interventions ?? [];
    } catch (error) {
      log.warn({ client }, `cannot read what people did to it: ${errorMessage(error)}`);
      return [];
    }
  }
}
