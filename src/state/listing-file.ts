import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DefaultSerializer, deserialize } from 'node:v8';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import { objectsOf, setsOf } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';

/**
 * The names and sizes of the known objects at each place, so that a later process can name what vanished while none was running.
 * It is a cache, not state (I8): if it is deleted, the digests in the state file still show that something vanished. It starts
 * with a SHA-256. A file that is damaged, or that another version wrote, is ignored.
 */

const VERSION = 4;
const SHA_BYTES = 32;
/** Twenty-five million objects. */
const MOST_BYTES = 2 ** 30;

/** The listings by the identity of the place: the id of a backend's marker, or SOURCE. */
export type Listings = ReadonlyMap<string, Objects>;

/** The key of the client's source. */
export const SOURCE = 'source';

/** A set of objects, as it is stored. */
type StoredSet = Pick<Catalogue, 'ids' | 'sizes'>;

interface Stored {
  readonly version: number;
  /** of each place, in the order of `setsOf` */
  readonly places: ReadonlyMap<string, readonly StoredSet[]>;
}

export function listingFileOf(stateDirectory: string, client: string): string {
  return join(stateDirectory, `${client}.listings`);
}

/** Returns an empty map if there is no usable file. */
export async function loadListings(
  file: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<Listings> {
  const read = files.call('read', { path: file, maxBytes: MOST_BYTES });
  const bytes = await read.catch(() => undefined);
  return (bytes && decodeListings(Buffer.from(bytes.buffer))) ?? new Map<string, Objects>();
}

/** Replaces the file atomically, but not durably, because the digests in the state file replace a lost one. */
export async function saveListings(
  file: string,
  listings: Listings,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  await files.call('replace', { path: file, content: encodeListings(listings) });
}

/** Places with the same set share it here, as they do in memory: one object is written once. */
export function encodeListings(listings: Listings): Buffer {
  const places = [...listings].map(([place, objects]) => [place, setsOf(objects)] as const);
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(Buffer.alloc(SHA_BYTES)); // in place, because adding it afterwards would copy everything
  serializer.writeHeader();
  serializer.writeValue({ version: VERSION, places: new Map(places) } satisfies Stored);
  const bytes = serializer.releaseBuffer();
  sha256(bytes.subarray(SHA_BYTES)).copy(bytes);
  return bytes;
}

/** Returns undefined if it is incomplete, or from another version. */
export function decodeListings(bytes: Buffer): Listings | undefined {
  const content = bytes.subarray(SHA_BYTES);
  if (!sha256(content).equals(bytes.subarray(0, SHA_BYTES))) return undefined;
  const stored = parse(content);
  if (stored?.version !== VERSION) return undefined;
  const made = new Map<StoredSet, Catalogue>(); // a shared set stays shared, so that comparing places costs nothing
  const setOf = (set: StoredSet) => {
    const { ids, sizes } = set;
    const known = made.get(set) ?? (sizes.length > 0 ? new Catalogue(ids, sizes) : EMPTY_CATALOGUE);
    made.set(set, known);
    return known;
  };
  return new Map([...stored.places].map(([place, sets]) => [place, objectsOf(sets.map(setOf))]));
}

/** A newer Node.js may have written a format that this one does not know. */
function parse(content: Buffer): Stored | undefined {
  try {
    return deserialize(content) as Stored;
  } catch {
    return undefined;
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
