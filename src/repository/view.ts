import type { Catalogue } from './catalogue.ts';
import type { DataCatalogue } from './data-catalogue.ts';
import type { Objects } from './objects.ts';

/**
 * A consistent set of objects of the source, taken in the order and with the check of invariant I2: everything that replicas must
 * have. It stays valid, because restic drops an index before the packs that it names.
 */
export interface View {
  /** when taking it began, milliseconds since the epoch */
  readonly takenAt: number;
  readonly configSha256: string;
  readonly configBytes: number;
  /** contains only keys that can be sent */
  readonly objects: Objects;
  /** all key files of the source, including malformed and waiting ones; absent: those of `objects` */
  readonly listedKeys?: Catalogue;
  /**
   * Packs that vanished from the source without an explanation, which new snapshots may need. `unknown` if not all names are
   * known; undefined if there are none.
   */
  readonly vanished?: DataCatalogue | 'unknown' | undefined;
}
