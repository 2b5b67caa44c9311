import { Catalogue, EMPTY_CATALOGUE, intern, withSizesOf } from '../../repository/catalogue.ts';
import type { DirectoryListing, DirectoryListings } from '../../repository/directory-listing.ts';

/**
 * Directory mtimes tick coarsely (4 to 10 ms before Linux 6.13, 1 to 2 s on some file systems): an entry can be added
 * without the mtime changing. What changed within this time before its listing, in milliseconds, is listed again.
 */
export const SETTLE_MS = 2_000;

export interface KnownDirectory extends DirectoryListing {
  /** false: listed too soon after its last change to be trusted when it looks unchanged */
  readonly isSettled: boolean;
}

interface Circumstances {
  /** when the listing began, milliseconds since the epoch */
  readonly startedAt: number;
  /** what another place holds under this path, to share its memory where it is equal */
  readonly twin: Catalogue | undefined;
}

const NOTHING: KnownDirectory = {
  stamp: null,
  isSettled: false,
  mtimeMs: 0,
  objects: EMPTY_CATALOGUE,
  ignored: 0,
  refused: [],
};

/** What was listed of each directory of a location, so that only changed ones are read again. */
export class ListingCache {
  private readonly directories = new Map<string, KnownDirectory>();

  get(path: string): KnownDirectory {
    return this.directories.get(path) ?? NOTHING;
  }

  /** Whether a directory with this stamp can hold anything else than what is remembered. */
  isCurrent(path: string, stamp: string | null): boolean {
    const known = this.get(path);
    return (
      this.directories.has(path) && known.stamp === stamp && (stamp === null || known.isSettled)
    );
  }

  /** What was found, with the sizes that are remembered; of another directory under the same path nothing is. */
  withKnownSizes(path: string, stamp: string | null, found: Catalogue): Catalogue {
    const known = this.get(path);
    return isSamePlace(known.stamp, stamp) ? withSizesOf(found, known.objects) : found;
  }

  store(path: string, listed: DirectoryListing, { startedAt, twin }: Circumstances): void {
    this.directories.set(path, {
      ...listed,
      isSettled: startedAt - listed.mtimeMs >= SETTLE_MS,
      objects: share(listed.objects, [this.get(path).objects, twin]),
    });
  }

  /** Shares the memory of what another place holds under this path, if it is the same. */
  shareWith(path: string, twin: Catalogue): void {
    const known = this.get(path);
    const objects = intern(known.objects, twin);
    if (objects !== known.objects) this.directories.set(path, { ...known, objects });
  }

  /** What may be trusted, by a later process too, of directories that look unchanged then. */
  settled(): DirectoryListings {
    return new Map([...this.directories].filter(([, { isSettled }]) => isSettled));
  }

  /** Takes over what an earlier process had settled. */
  recall(listings: DirectoryListings): void {
    for (const [path, listing] of listings) {
      this.directories.set(path, { ...listing, isSettled: true });
    }
  }
}

/** A mount, or a restore, puts another directory under the same path. */
function isSamePlace(before: string | null, now: string | null): boolean {
  const place = (stamp: string | null) => stamp?.split(':', 2).join(':');
  return before !== null && place(before) === place(now);
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
