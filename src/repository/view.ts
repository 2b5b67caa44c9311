import type { Catalogue } from './catalogue.ts';
import type { DataCatalogue } from './data-catalogue.ts';
import type { Objects } from './objects.ts';

/**
 * A consistent set of objects of the source, taken in the order and with the check of invariant I2: what must be
 * everywhere. It stays valid: restic drops an index before the packs that it names.
 */
export interface View {
  /** milliseconds since the epoch, when its taking began */
  readonly takenAt: number;
  readonly configSha256: string;
  readonly configBytes: number;
  /** its keys are those that can be sent */
  readonly objects: Objects;
  /** all key files of the source, malformed and waiting ones included; absent: those of `objects` */
  readonly listedKeys?: Catalogue;
  /**
   * Packs that have vanished from the source without an explanation: new snapshots may need them. `unknown` when not all
   * are known by name; undefined when there are none.
   */
  readonly vanished?: DataCatalogue | 'unknown' | undefined;
}
