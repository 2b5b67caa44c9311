import { createHash } from 'node:crypto';

/**
 * Packed, immutable sets of object ids with their sizes: 40 bytes per object, so that a million of them fit in memory.
 * Ids are sorted; equal sets can share one buffer (see `intern`).
 */

const ID_BYTES = 32;
const HEAD_DIGITS = 8;
/** 72 bits are enough against accidents, and anyone who can choose names can also delete files. */
const DIGEST_LENGTH = 12;

export interface CatalogueEntry {
  readonly id: string;
  /** bytes; undefined if only the name was listed */
  readonly size: number | undefined;
}

/** The common interface of data, keys, index and snapshots, packed in one piece or in shards. */
export interface ObjectSet {
  readonly count: number;
  /** sum of the known sizes */
  readonly bytes: number;
  has(id: string): boolean;
  sizeOf(id: string): number | undefined;
  entries(): IterableIterator<CatalogueEntry>;
}

export class Catalogue implements ObjectSet {
  /** sorted ids, 32 bytes each */
  readonly ids: Buffer;
  /** sizes in bytes, in the order of the ids; NaN if unknown */
  readonly sizes: Float64Array;
  private sum: number | undefined;
  private hash: string | undefined;

  /** @param ids sorted, without duplicates */
  constructor(ids: Buffer, sizes: Float64Array) {
    this.ids = ids;
    this.sizes = sizes;
  }

  static from(entries: Iterable<readonly [id: string, size: number | undefined]>): Catalogue {
    const sorted = [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1));
    const ids = Buffer.allocUnsafeSlow(sorted.length * ID_BYTES);
    const sizes = new Float64Array(sorted.length);
    sorted.forEach(([id, size], i) => {
      ids.write(id, i * ID_BYTES, 'hex');
      sizes[i] = size ?? NaN;
    });
    return new Catalogue(ids, sizes);
  }

  get count(): number {
    return this.sizes.length;
  }

  get bytes(): number {
    return (this.sum ??= sumOf(this.sizes));
  }

  /** of the ids, in base64 */
  get digest(): string {
    const sha256 = () => createHash('sha256').update(this.ids).digest('base64');
    return (this.hash ??= sha256().slice(0, DIGEST_LENGTH));
  }

  idAt(index: number): string {
    return this.ids.toString('hex', index * ID_BYTES, (index + 1) * ID_BYTES);
  }

  has(id: string): boolean {
    return this.indexOf(id) >= 0;
  }

  sizeOf(id: string): number | undefined {
    const index = this.indexOf(id);
    return index < 0 ? undefined : known(this.sizes[index]);
  }

  *entries(): IterableIterator<CatalogueEntry> {
    for (let i = 0; i < this.count; i++) yield { id: this.idAt(i), size: known(this.sizes[i]) };
  }

  idsWithoutSize(): string[] {
    const ids: string[] = [];
    for (let i = 0; i < this.count; i++) if (Number.isNaN(this.sizes[i])) ids.push(this.idAt(i));
    return ids;
  }

  /** The objects at the positions that pass. */
  filter(isKept: (position: number) => boolean): Catalogue {
    const kept: number[] = [];
    for (let i = 0; i < this.count; i++) if (isKept(i)) kept.push(i);
    return kept.length === this.count ? this : pick(this, kept);
  }

  equals(other: Catalogue): boolean {
    if (other === this) return true;
    if (other.count !== this.count || !other.ids.equals(this.ids)) return false;
    return bytesOf(this.sizes).equals(bytesOf(other.sizes)); // an unknown size is always the same NaN
  }

  /** Searches by the first 32 bits, which almost always decide; several times faster than by whole ids. */
  private indexOf(id: string): number {
    const wanted = Number.parseInt(id.slice(0, HEAD_DIGITS), 16);
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = headAt(this.ids, middle) - wanted || compareText(this.idAt(middle), id);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function headAt(ids: Buffer, index: number): number {
  const at = index * ID_BYTES;
  const low = ((ids[at + 1] ?? 0) << 16) | ((ids[at + 2] ?? 0) << 8) | (ids[at + 3] ?? 0);
  return (ids[at] ?? 0) * 2 ** 24 + low;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export const EMPTY_CATALOGUE = new Catalogue(Buffer.alloc(0), new Float64Array(0));

/** A set of which only the ids are known. */
export function namesToSet(ids: Iterable<string>): Catalogue {
  return Catalogue.from([...ids].map((id) => [id, undefined]));
}

export function namesOf(set: Pick<ObjectSet, 'entries'>): string[] {
  return [...set.entries()].map(({ id }) => id);
}

/** Whether sizes `a` and `b` can be of the same object; an unknown size matches any other. */
export function sameSize(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b) || a === b;
}

/** The objects of `a` that are not in `b`, or are there with another size. */
export function minus(a: Catalogue, b: Catalogue): Catalogue {
  if (a === b || a.count === 0) return EMPTY_CATALOGUE;
  return b.count === 0 ? a : difference(a, b);
}

/** Apart from `minus`, which a poll calls for every directory, and whose closure would be made each time. */
function difference(a: Catalogue, b: Catalogue): Catalogue {
  const kept: number[] = [];
  match(a, b, (i, j) => {
    if (j === NOWHERE || !sameSize(a.sizes[i], b.sizes[j])) kept.push(i);
  });
  return pick(a, kept);
}

/** The union. If both have an object, its size comes from `b`, unless `b` does not know it. */
export function plus(a: Catalogue, b: Catalogue): Catalogue {
  if (a === b || b.count === 0) return a;
  if (a.count === 0) return b;
  const ids = Buffer.allocUnsafeSlow((a.count + b.count) * ID_BYTES);
  const sizes = new Float64Array(a.count + b.count);
  let [i, j, n] = [0, 0, 0];
  while (i < a.count || j < b.count) {
    const order = mergeOrder(a, i, b, j);
    const [from, at] = order < 0 ? [a, i] : [b, j];
    from.ids.copy(ids, n * ID_BYTES, at * ID_BYTES, (at + 1) * ID_BYTES);
    sizes[n++] = order === 0 ? knownOf(b.sizes[j], a.sizes[i]) : (from.sizes[at] ?? NaN);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return trim(ids, sizes, n);
}

// eslint-disable-next-line max-params -- hot path
function mergeOrder(a: Catalogue, i: number, b: Catalogue, j: number): number {
  if (i >= a.count) return 1;
  if (j >= b.count) return -1;
  return compareAt(a.ids, i, b.ids, j);
}

/** The objects of `a` that `b` has, too, regardless of size. */
export function common(a: Catalogue, b: Catalogue): Catalogue {
  if (a === b) return a;
  const kept: number[] = [];
  match(a, b, (i, j) => {
    if (j !== NOWHERE) kept.push(i);
  });
  return kept.length === a.count ? a : pick(a, kept);
}

/** The objects of `a` whose names are not in `b`, regardless of size. */
export function namesMinus(a: Catalogue, b: Catalogue): Catalogue {
  return minus(a, common(a, b));
}

/** Returns `known` if it equals `fresh`, so that equal sets share memory; otherwise `fresh`. */
export function intern(fresh: Catalogue, known: Catalogue | undefined): Catalogue {
  return known?.equals(fresh) === true ? known : fresh;
}

/** Returns `fresh`, with sizes from `known` for objects that are in both. */
export function withSizesOf(fresh: Catalogue, known: Catalogue): Catalogue {
  if (known.ids.equals(fresh.ids)) return known;
  const sizes = new Float64Array(fresh.count).fill(NaN);
  match(fresh, known, (i, j) => {
    sizes[i] = known.sizes[j] ?? NaN;
  });
  return new Catalogue(fresh.ids, sizes);
}

/** Concatenates catalogues, where every id of one comes before every id of the next. */
export function concat(parts: readonly Catalogue[]): Catalogue {
  const filled = parts.filter((part) => part.count > 0);
  const [only] = filled;
  if (filled.length <= 1) return only ?? EMPTY_CATALOGUE;
  const sizes = new Float64Array(filled.reduce((sum, part) => sum + part.count, 0));
  let at = 0;
  for (const part of filled) {
    sizes.set(part.sizes, at);
    at += part.count;
  }
  return new Catalogue(Buffer.concat(filled.map((part) => part.ids)), sizes);
}

/** Part of a catalogue, by position. */
export function slice(a: Catalogue, start: number, end: number): Catalogue {
  return new Catalogue(
    a.ids.subarray(start * ID_BYTES, end * ID_BYTES),
    a.sizes.subarray(start, end),
  );
}

function pick(a: Catalogue, positions: readonly number[]): Catalogue {
  if (positions.length === 0) return EMPTY_CATALOGUE;
  const ids = Buffer.allocUnsafeSlow(positions.length * ID_BYTES);
  const sizes = new Float64Array(positions.length);
  positions.forEach((position, n) => {
    a.ids.copy(ids, n * ID_BYTES, position * ID_BYTES, (position + 1) * ID_BYTES);
    sizes[n] = a.sizes[position] ?? NaN;
  });
  return new Catalogue(ids, sizes);
}

function trim(ids: Buffer, sizes: Float64Array, count: number): Catalogue {
  if (count === sizes.length) return new Catalogue(ids, sizes);
  const exact = Buffer.allocUnsafeSlow(count * ID_BYTES);
  ids.copy(exact, 0, 0, count * ID_BYTES);
  return new Catalogue(exact, sizes.slice(0, count));
}

const NOWHERE = -1;

/** For each position of `a`, the position of its id in `b`, or NOWHERE. */
function match(a: Catalogue, b: Catalogue, tell: (i: number, j: number) => void): void {
  let j = 0;
  for (let i = 0; i < a.count; i++) {
    let order = NaN;
    while (j < b.count && (order = compareAt(b.ids, j, a.ids, i)) < 0) j++;
    tell(i, j < b.count && order === 0 ? j : NOWHERE);
  }
}

/** Most ids differ in their first 32 bits, which is cheaper to compare than a slice. */
// eslint-disable-next-line max-params -- hot path
function compareAt(a: Buffer, i: number, b: Buffer, j: number): number {
  const head = a.readUInt32BE(i * ID_BYTES) - b.readUInt32BE(j * ID_BYTES);
  if (head !== 0) return head;
  return a.compare(b, j * ID_BYTES, (j + 1) * ID_BYTES, i * ID_BYTES, (i + 1) * ID_BYTES);
}

function sumOf(sizes: Float64Array): number {
  let sum = 0;
  for (const size of sizes) if (!Number.isNaN(size)) sum += size;
  return sum;
}

function knownOf(first = NaN, second = NaN): number {
  return Number.isNaN(first) ? second : first;
}

function known(size: number | undefined): number | undefined {
  return size === undefined || Number.isNaN(size) ? undefined : size;
}
