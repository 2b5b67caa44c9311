import type {
  Location,
  Receipt,
  ReceiveOptions,
  Transfer,
} from '../../../../src/locations/location.ts';
import { routeTo } from '../../../../src/locations/route-to.ts';
import { MemoryLocation } from '../../../support/memory-location.ts';

/** Places of the toy kind, in memory. */
export class ToyLocation extends MemoryLocation {
  override readonly kind: string = 'toy';

  override async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    const source = routeTo('toy', transfer.source) as Location;
    return super.receive({ ...transfer, source }, options);
  }
}
