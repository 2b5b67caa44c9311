import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import { objectsOf, setsOf } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';

/**
 * The names and sizes of the objects that were known to be at each place, so that a later process can name what vanished
 * while none ran. It is memory, not state (I8): it may be deleted, and then the digests in the state file still tell that
 * something vanished. It is checked by its SHA-256, and a file that is damaged or of another version is as good as none.
 */

const MAGIC = 'backup-syncd listings 3\n';
const ID_BYTES = 32;
const SIZE_BYTES = 8;
const SHA_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 4;
/** Twenty-five million objects. */
const MOST_BYTES = 2 ** 30;

/** By what identifies the place: the id of a backend's marker, or SOURCE. */
export type Listings = ReadonlyMap<string, Objects>;

/** Stands for the source of the client. */
export const SOURCE = 'source';

/** One set of objects: the position of its first one among all, and how many there are. */
type Row = readonly [first: number, count: number];

/** The sets of a place: keys, index, snapshots, then the directories of `data/`. */
type Rows = readonly Row[];

export function listingFileOf(stateDirectory: string, client: string): string {
  return join(stateDirectory, `${client}.listings`);
}

/** Empty when there is none that can be used. */
export async function loadListings(
  file: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<Listings> {
  const read = files.call('read', { path: file, maxBytes: MOST_BYTES });
  const bytes = await read.catch(() => undefined);
  return (bytes && decodeListings(Buffer.from(bytes.buffer))) ?? new Map<string, Objects>();
}

/** Replaces the file atomically; not durably, as the digests in the state file stand in for a lost one. */
export async function saveListings(
  file: string,
  listings: Listings,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  await files.call('replace', { path: file, content: encodeListings(listings) });
}

/** Places that hold the same share it here as they do in memory. */
export function encodeListings(listings: Listings): Buffer {
  const sets = new Sets();
  const places = [...listings].map(([place, objects]): [string, Rows] => [
    place,
    setsOf(objects).map((set) => sets.add(set)),
  ]);
  const header = Buffer.from(JSON.stringify(places));
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC);
  head.writeUInt32LE(header.length, MAGIC.length);
  const parts = [head, header, ...sets.ids, ...sets.sizes];
  return Buffer.concat([...parts, sha256(parts)]);
}

/** Undefined when it is not whole, or not ours. */
export function decodeListings(bytes: Buffer): Listings | undefined {
  const content = bytes.subarray(0, -SHA_BYTES);
  const isWhole =
    content.length >= HEAD_BYTES &&
    content.toString('latin1', 0, MAGIC.length) === MAGIC &&
    sha256([content]).equals(bytes.subarray(-SHA_BYTES));
  if (!isWhole) return undefined;
  const idsAt = HEAD_BYTES + content.readUInt32LE(MAGIC.length);
  const places = JSON.parse(content.toString('utf8', HEAD_BYTES, idsAt)) as [string, Rows][];
  const setAt = setsIn(content.subarray(idsAt));
  return new Map(places.map(([place, rows]) => [place, objectsOf(rows.map(setAt))]));
}

/** What was one set when it was written is one again, so that comparing places costs nothing. */
function setsIn(content: Buffer): (row: Row) => Catalogue {
  const made = new Map<string, Catalogue>();
  const total = content.length / (ID_BYTES + SIZE_BYTES);
  const ids = content.subarray(0, total * ID_BYTES);
  const sizes = new Float64Array(total);
  content.copy(Buffer.from(sizes.buffer), 0, ids.length); // numbers must lie at a multiple of 8
  return ([first, count]) => {
    if (count === 0) return EMPTY_CATALOGUE;
    const key = `${first}:${count}`;
    const own = ids.subarray(first * ID_BYTES, (first + count) * ID_BYTES);
    const set = made.get(key) ?? new Catalogue(own, sizes.subarray(first, first + count));
    made.set(key, set);
    return set;
  };
}

/** All sets, one after the other, each once. */
class Sets {
  readonly ids: Buffer[] = [];
  readonly sizes: Buffer[] = [];
  private readonly firsts = new Map<Catalogue, number>();
  private count = 0;

  add(set: Catalogue): Row {
    const first = this.firsts.get(set) ?? this.count;
    if (first === this.count && set.count > 0) {
      const { buffer, byteOffset, byteLength } = set.sizes;
      this.firsts.set(set, first);
      this.ids.push(set.ids);
      this.sizes.push(Buffer.from(buffer, byteOffset, byteLength));
      this.count += set.count;
    }
    return [first, set.count];
  }
}

function sha256(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
