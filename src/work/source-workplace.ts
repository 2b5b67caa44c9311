import type { FactStore } from '../facts/fact-store.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import type { Clock } from '../runtime/clock.ts';
import type { TransferQueue } from './transfers/transfer-queue.ts';
import type { GroupSettings } from './groups/settings.ts';

/** The source of a client, and everything that the activities there share, beside the source loop. */
export interface SourceWorkplace {
  readonly client: string;
  /** how often all of it is audited, in milliseconds */
  readonly auditEveryMs: number;
  /**
   * The source, opened apart from the loop's: what hangs there holds none of the loop's threads, and what is listed there changes
   * nothing that a view is taken from. Opened when it is first needed.
   */
  readonly source: () => Location;
  /** its kind is a remote */
  readonly isRemote: boolean;
  /** whose audits take turns, in this process */
  readonly transfers: TransferQueue;
  readonly view: () => View | undefined;
  /** checks all of the source again, as the loop does, because something was found that the view does not show */
  readonly recheck: (signal: AbortSignal) => Promise<void>;
  /** a listing beside the loop's has found the sizes of the view */
  readonly confirmSizes: (listed: Objects) => void;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  /** absent: no hosts and paths are expected */
  readonly groups?: GroupSettings;
  /** whether there is a valid view */
  readonly isThere: () => boolean;
}
