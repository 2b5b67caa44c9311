import {
  Catalogue,
  EMPTY_CATALOGUE,
  intern,
  plus,
  withSizesOf,
} from '../../repository/catalogue.ts';
import type { Finding, PassedOver } from './listed.ts';
import { Stamps } from './stamps.ts';

/**
 * Directory times tick coarsely (4 to 10 ms before Linux 6.13, 1 s on ext4 with small inodes): an entry can be added without
 * a time moving. So a directory is trusted from the second listing on that found the same times, if so many milliseconds
 * had passed since the first: then whatever came or went before was listed, and what comes later moves the times. How long
 * that was is measured by us, since the clock that makes these times may be another one, or be set.
 */
export const SETTLE_MS = 2_000;

interface Circumstances {
  /** when the listing began and ended, by `elapsedMs` */
  readonly startedAt: number;
  readonly endedAt: number;
  /** what another place holds under this path, to share its memory where it is equal */
  readonly twin: Catalogue | undefined;
}

const NOTHING: PassedOver = { ignored: 0, refused: [] };

/**
 * What was listed of each directory of a location, so that only changed ones are read again. Kept by position and not as
 * objects: a hundred clients have tens of thousands of directories.
 */
export class ListingCache {
  private readonly positions: ReadonlyMap<string, number>;
  private readonly stamps: Stamps;
  private readonly catalogues: Catalogue[];
  /** when a stamp like the present one was first seen, by `elapsedMs` */
  private readonly seenAt: Float64Array;
  /** false: never listed, or not to be trusted when it looks unchanged */
  private readonly settled: boolean[];
  /** of the few where something was */
  private readonly others = new Map<number, PassedOver>();

  /** @param positions all paths that there may be, numbered from 0 on; many places share it */
  constructor(positions: ReadonlyMap<string, number>) {
    this.positions = positions;
    this.stamps = Stamps.none(positions.size);
    this.catalogues = new Array<Catalogue>(positions.size).fill(EMPTY_CATALOGUE);
    this.seenAt = new Float64Array(positions.size);
    this.settled = new Array<boolean>(positions.size).fill(false);
  }

  objects(path: string): Catalogue {
    return this.catalogues[this.position(path)] ?? EMPTY_CATALOGUE;
  }

  /** Whether it was listed and was there. */
  isThere(path: string): boolean {
    return this.stamps.isThere(this.position(path));
  }

  /** When an entry last came or went, milliseconds since the epoch; NaN when it was not there. */
  mtimeMs(path: string): number {
    return this.stamps.mtimeMsAt(this.position(path));
  }

  passedOver(path: string): PassedOver {
    return this.others.get(this.position(path)) ?? NOTHING;
  }

  /** Whether a directory that now has this stamp can hold anything else than what is remembered. */
  isCurrent(path: string, stamps: Stamps, at: number): boolean {
    const position = this.position(path);
    return this.settled[position] === true && this.stamps.isSame(position, stamps, at);
  }

  /** Whether it was listed, and is not another directory under the same path. */
  isSamePlace(path: string, stamps: Stamps, at: number): boolean {
    return this.stamps.isSamePlace(this.position(path), stamps, at);
  }

  /** What was found, with the sizes that are remembered; of another directory under the same path nothing is. */
  withKnownSizes(path: string, { found, at }: Finding): Catalogue {
    const objects = found.objects[at] ?? EMPTY_CATALOGUE;
    return this.isSamePlace(path, found.stamps, at)
      ? withSizesOf(objects, this.objects(path))
      : objects;
  }

  store(path: string, { found, at }: Finding, { startedAt, endedAt, twin }: Circumstances): void {
    const position = this.position(path);
    const objects = found.objects[at] ?? EMPTY_CATALOGUE;
    this.catalogues[position] = share(objects, [this.objects(path), twin]);
    if (!this.stamps.isSame(position, found.stamps, at)) this.seenAt[position] = endedAt;
    this.stamps.set(position, found.stamps, at);
    const isSettled = startedAt - (this.seenAt[position] ?? endedAt) >= SETTLE_MS;
    const tellsChanges = isSettled && found.stamps.movesTimes(at);
    this.settled[position] = tellsChanges || !found.stamps.isThere(at); // to be there at all is a change
    this.note(position, found.passedOver[at] ?? NOTHING);
  }

  /** Shares the memory of what another place holds under this path, if it is the same. */
  shareWith(path: string, twin: Catalogue): void {
    this.catalogues[this.position(path)] = intern(this.objects(path), twin);
  }

  /** Takes note of objects that were written there since it was listed, some perhaps in the place of damaged ones. */
  notePlaced(path: string, placed: Catalogue): void {
    if (this.isThere(path)) this.catalogues[this.position(path)] = plus(this.objects(path), placed);
  }

  private position(path: string): number {
    const position = this.positions.get(path);
    if (position === undefined) throw new Error(`no directory of a repository: ${path}`);
    return position;
  }

  private note(position: number, { ignored, refused }: PassedOver): void {
    if (ignored === 0 && refused.length === 0) this.others.delete(position);
    else this.others.set(position, { ignored, refused });
  }
}

/** One of those that say the same, or a copy that holds on to nothing else. */
function share(found: Catalogue, known: readonly (Catalogue | undefined)[]): Catalogue {
  for (const candidate of known) {
    const shared = intern(found, candidate);
    if (shared !== found || candidate === found) return shared;
  }
  return compact(found);
}

/**
 * Sizes and ids in one block of memory, which Node cuts from a pool if it is small: a client has 256 of these per place,
 * and two buffers each would cost more than what they hold.
 */
function compact({ ids, sizes }: Catalogue): Catalogue {
  const block = Buffer.allocUnsafe(sizes.byteLength + ids.byteLength); // at a multiple of 8, as numbers need it
  const ownSizes = new Float64Array(block.buffer, block.byteOffset, sizes.length);
  const ownIds = block.subarray(sizes.byteLength);
  ownSizes.set(sizes);
  ownIds.set(ids);
  return new Catalogue(ownIds, ownSizes);
}
