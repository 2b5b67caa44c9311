import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { Catalogue } from '../repository/catalogue.ts';
import type { DirectoryListing, DirectoryListings } from '../repository/directory-listing.ts';

/**
 * What a pass that ran as a process of its own leaves for the next one: the names in each directory that looked settled,
 * so that only changed directories are listed again. It is memory, not state (I8): it may be deleted, it is checked by its
 * SHA-256, and a file that is damaged or of another version is as good as none.
 */

const MAGIC = 'backup-syncd listings 2\n';
const ID_BYTES = 32;
const SHA_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 4;
/** Thirty million objects. */
const MOST_BYTES = 2 ** 30;

/** By the place's label. */
export type Listings = ReadonlyMap<string, DirectoryListings>;

type Row = readonly [
  path: string,
  stamp: string | null,
  first: number,
  count: number,
  ignored: number,
  refused: readonly string[],
];

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
  return (
    (bytes && decodeListings(Buffer.from(bytes.buffer))) ?? new Map<string, DirectoryListings>()
  );
}

/** Replaces the file atomically; not durably, as a lost one costs a listing. */
export async function saveListings(
  file: string,
  listings: Listings,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  await files.call('replace', { path: file, content: encodeListings(listings) });
}

/** Places that hold the same share it here as they do in memory. Sizes are left out: they are asked for where they matter. */
export function encodeListings(listings: Listings): Buffer {
  const ids = new Ids();
  const places = [...listings].map(([label, directories]): [string, Row[]] => [
    label,
    [...directories].map(([path, listing]) => rowOf(path, listing, ids)),
  ]);
  const header = Buffer.from(JSON.stringify(places));
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC);
  head.writeUInt32LE(header.length, MAGIC.length);
  const parts = [head, header, ...ids.parts];
  return Buffer.concat([...parts, sha256(parts)]);
}

function rowOf(path: string, listing: DirectoryListing, ids: Ids): Row {
  const { stamp, objects, ignored, refused } = listing;
  return [path, stamp, ids.add(objects), objects.count, ignored, refused];
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
  const places = JSON.parse(content.toString('utf8', HEAD_BYTES, idsAt)) as [string, Row[]][];
  const catalogueOf = cataloguesIn(content.subarray(idsAt));
  return new Map(
    places.map(([label, rows]) => [
      label,
      new Map(rows.map((row) => [row[0], listingOf(row, catalogueOf)])),
    ]),
  );
}

function listingOf(
  [, stamp, first, count, ignored, refused]: Row,
  catalogueOf: (first: number, count: number) => Catalogue,
): DirectoryListing {
  return { stamp, objects: catalogueOf(first, count), ignored, refused };
}

/** What was one set when it was written is one again, so that comparing places costs nothing. */
function cataloguesIn(ids: Buffer): (first: number, count: number) => Catalogue {
  const made = new Map<string, Catalogue>();
  const unknown = new Float64Array(ids.length / ID_BYTES).fill(NaN);
  return (first, count) => {
    const key = `${first}:${count}`;
    const found = made.get(key);
    if (found !== undefined) return found;
    const own = ids.subarray(first * ID_BYTES, (first + count) * ID_BYTES);
    const catalogue = new Catalogue(own, unknown.subarray(0, count));
    made.set(key, catalogue);
    return catalogue;
  };
}

/** The ids of all sets, one after the other, each set once. */
class Ids {
  readonly parts: Buffer[] = [];
  private readonly firsts = new Map<Catalogue, number>();
  private count = 0;

  /** Answers the position of its first id. */
  add(objects: Catalogue): number {
    const known = this.firsts.get(objects);
    if (known !== undefined) return known;
    const first = this.count;
    this.firsts.set(objects, first);
    this.parts.push(objects.ids);
    this.count += objects.count;
    return first;
  }
}

function sha256(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
