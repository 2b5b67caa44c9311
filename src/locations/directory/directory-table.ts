import { Catalogue, EMPTY_CATALOGUE, plus, withSizesOf } from '../../repository/catalogue.ts';
import { NO_FOREIGN, type Foreign } from '../../repository/strays.ts';
import { DIRECTORIES } from './directories.ts';
import { NUMBERS_A_STAMP, STAMP } from './io/stamp.ts';

/**
 * Directory times tick coarsely (4 to 10 ms before Linux 6.13, 1 s on ext4 with small inodes): an entry can be added without
 * a time moving. So a directory is trusted from the second listing on that found the same times, if so many milliseconds
 * had passed since the first: then whatever came or went before was listed, and what comes later moves the times. How long
 * that was is measured by us, since the clock that makes these times may be another one, or be set.
 */
export const SETTLE_MS = 2_000;

/** The entries of a directory that are not objects. */
export interface PassedOver {
  /** temporary and unrelated files */
  readonly ignored: number;
  readonly foreign: Foreign;
  readonly refused: readonly string[];
}

/** A directory as found. */
export interface Found extends PassedOver {
  /** taken before it was read */
  readonly stamp: Stamps;
  readonly objects: Catalogue;
}

interface Circumstances {
  /** when the listing began and ended, by `elapsedMs` */
  readonly startedAt: number;
  readonly endedAt: number;
  /** the set of another place, to share its memory if it is equal */
  readonly twin?: Catalogue | undefined;
}

/** Stamps of some directories, as the file thread returns them: NUMBERS_A_STAMP for each, in the order of STAMP. */
export type Stamps = Float64Array;

const NOTHING: PassedOver = { ignored: 0, foreign: NO_FOREIGN, refused: [] };

/**
 * The listing of each directory of a place, so that only changed ones are read again: one row per directory, in the order of
 * DIRECTORIES. The columns are arrays of numbers, and not one object per row, because a hundred clients have fifty thousand rows.
 */
export class DirectoryTable {
  private readonly stamps: Stamps = new Float64Array(DIRECTORIES.length * NUMBERS_A_STAMP).fill(
    NaN,
  );
  private readonly sets = DIRECTORIES.map(() => EMPTY_CATALOGUE);
  /** when a stamp like the present one was first seen, by `elapsedMs` */
  private readonly seenAt = new Float64Array(DIRECTORIES.length);
  /** 0: never listed, or not trusted even if it seems unchanged */
  private readonly settled = new Uint8Array(DIRECTORIES.length);
  /** of the few where something was */
  private readonly passedOver = new Map<number, PassedOver>();

  objects(row: number): Catalogue {
    return this.sets[row] ?? EMPTY_CATALOGUE;
  }

  /** Whether it was listed and existed. */
  isThere(row: number): boolean {
    return isThere(this.stamps, row);
  }

  /** When an entry last came or went, milliseconds since the epoch; NaN when it was not there. */
  changedAt(row: number): number {
    return changedAt(this.stamps, row);
  }

  others(row: number): PassedOver {
    return this.passedOver.get(row) ?? NOTHING;
  }

  /** Whether a directory that now has the stamp at a position can differ from the remembered content. */
  isCurrent(row: number, stamps: Stamps, at: number): boolean {
    return this.settled[row] === 1 && this.agrees(row, { stamps, at, until: NUMBERS_A_STAMP });
  }

  /** Whether it was listed, and is the same directory; a mount, or a restore, puts another one under the same path. */
  isSamePlace(row: number, stamps: Stamps, at: number): boolean {
    return this.isThere(row) && this.agrees(row, { stamps, at, until: STAMP.mtimeMs });
  }

  /** Records what was found, with the remembered sizes, unless it is another directory under the same path. */
  withKnownSizes(row: number, { stamp, objects }: Found): Catalogue {
    return this.isSamePlace(row, stamp, 0) ? withSizesOf(objects, this.objects(row)) : objects;
  }

  store(row: number, found: Found, { startedAt, endedAt, twin }: Circumstances): void {
    const { stamp, objects, ignored, foreign, refused } = found;
    const known = [this.objects(row), twin].find((set) => set?.equals(objects));
    this.sets[row] = known ?? compact(objects);
    if (!this.agrees(row, { stamps: stamp, at: 0, until: NUMBERS_A_STAMP }))
      this.seenAt[row] = endedAt;
    this.stamps.set(stamp, row * NUMBERS_A_STAMP);
    const isSettled = startedAt - (this.seenAt[row] ?? endedAt) >= SETTLE_MS;
    const isTrusted = !this.isThere(row) || (isSettled && movesTimes(stamp, 0)); // its existence is a change
    this.settled[row] = isTrusted ? 1 : 0;
    if (ignored + refused.length === 0) this.passedOver.delete(row);
    else this.passedOver.set(row, { ignored, foreign, refused });
  }

  /** Records objects that were written there since it was listed; some may replace damaged ones. */
  notePlaced(row: number, placed: Catalogue): void {
    if (this.isThere(row)) this.sets[row] = plus(this.objects(row), placed);
  }

  /** Whether the first numbers of two stamps are the same. */
  private agrees(
    row: number,
    { stamps, at, until }: { readonly stamps: Stamps; readonly at: number; readonly until: number },
  ): boolean {
    const [mine, theirs] = [row * NUMBERS_A_STAMP, at * NUMBERS_A_STAMP];
    for (let i = 0; i < until; i++)
      if (!Object.is(this.stamps[mine + i], stamps[theirs + i])) return false;
    return true;
  }
}

export function isThere(stamps: Stamps, at: number): boolean {
  return !Number.isNaN(stamps[at * NUMBERS_A_STAMP]);
}

/** Whether the times of this directory show that a name appeared or left; not for a missing directory. */
export function movesTimes(stamps: Stamps, at: number): boolean {
  return stamps[at * NUMBERS_A_STAMP + STAMP.movesTimes] === 1;
}

/** When an entry last came or went, milliseconds since the epoch; NaN for what is not there. */
export function changedAt(stamps: Stamps, at: number): number {
  return stamps[at * NUMBERS_A_STAMP + STAMP.mtimeMs] ?? NaN;
}

/** Sets that are smaller than this, in bytes, stay in the block of memory in which a file thread handed over several. */
const SMALL = 4_096;

/** Copies a large set to memory of its own, because it would keep the others that were listed with it in memory. */
function compact(found: Catalogue): Catalogue {
  const { ids, sizes } = found;
  if (ids.length + sizes.byteLength < SMALL) return found;
  return new Catalogue(Buffer.from(ids), sizes.slice());
}
