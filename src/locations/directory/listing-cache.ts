import { EMPTY_CATALOGUE, intern, Catalogue } from '../../repository/catalogue.ts';
import type { ListedBefore, ListedDirectory } from './io/protocol.ts';

/**
 * Directory mtimes tick coarsely (4 to 10 ms before Linux 6.13, 1 to 2 s on some file systems): an entry can be added
 * without the mtime changing. What changed within this time before its listing, in milliseconds, is listed again.
 */
export const SETTLE_MS = 2_000;

export interface KnownDirectory {
  readonly stamp: string | null;
  /** false: listed too soon after its last change to be trusted when it looks unchanged */
  readonly isSettled: boolean;
  readonly mtimeMs: number;
  readonly objects: Catalogue;
  readonly ignored: number;
  readonly refused: readonly string[];
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

  /** What to ask for; `forget` leaves out the sizes that are remembered. */
  request(path: string, forget: boolean): ListedBefore {
    const { objects, stamp } = forget ? NOTHING : this.get(path);
    const prefix = path.startsWith('data/') ? path.slice('data/'.length) : '';
    return { path, prefix, stamp, ids: objects.ids, sizes: objects.sizes };
  }

  store(path: string, listed: ListedDirectory, { startedAt, twin }: Circumstances): KnownDirectory {
    const entry: KnownDirectory = {
      stamp: listed.stamp,
      isSettled: startedAt - listed.mtimeMs >= SETTLE_MS,
      mtimeMs: listed.mtimeMs,
      objects: intern(intern(compact(listed), this.get(path).objects), twin),
      ignored: listed.ignored,
      refused: listed.refused,
    };
    this.directories.set(path, entry);
    return entry;
  }
}

/**
 * Sizes and ids in one block of memory, which Node cuts from a pool if it is small: a client has 256 of these per place,
 * and two buffers each would cost more than what they hold.
 */
function compact({ ids, sizes }: ListedDirectory): Catalogue {
  const block = Buffer.allocUnsafe(sizes.byteLength + ids.byteLength); // at a multiple of 8, as numbers need it
  const ownSizes = new Float64Array(block.buffer, block.byteOffset, sizes.length);
  const ownIds = block.subarray(sizes.byteLength);
  ownSizes.set(sizes);
  ownIds.set(ids);
  return new Catalogue(ownIds, ownSizes);
}
