import type { Backend } from '../backends/backend.ts';
import type { RetireStep } from '../backends/retire.ts';
import type { FreshView, Sender } from './sender.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import type { StepName } from '../replication/pass.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Around } from './around.ts';
import type { Evaluation } from './evaluation.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Places } from '../backends/places.ts';
import type { TransferQueue } from './transfers/transfer-queue.ts';
import type { BackendSettings } from './settings.ts';

/** Another replica of the same client, which may have what this one has lost. */
export interface Donor {
  readonly name: string;
  readonly location: Location;
  readonly objects: Objects;
  readonly lost: Objects;
}

/** A backend, and everything that the activities there share. */
export interface Workplace {
  /** for people and for taking turns */
  readonly client: string;
  /** all that move data in this process */
  readonly transfers: TransferQueue;
  readonly config: BackendSettings;
  readonly backend: Backend;
  readonly sender: Sender;
  readonly source: Location;
  /** the other backends that can be read now */
  readonly donors: () => readonly Donor[];
  readonly view: () => View | undefined;
  /** of the source's `config` as it was last read */
  readonly configSha256: () => string | undefined;
  readonly freshView: FreshView;
  /** checks all of the source, trusting nothing that is remembered; rejects unless it is intact */
  readonly confirmSource: (signal: AbortSignal) => Promise<void>;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  /** where the backends of this client were found */
  readonly places: Places;
  readonly onPass: (pass: SyncReport) => void;
  readonly onStep: (name: StepName | RetireStep) => void;
  readonly around: Around;
  readonly evaluation: Evaluation;
}
