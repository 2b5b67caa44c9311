import { Catalogue } from '../../repository/catalogue.ts';
import type { DirectoryListing } from '../../repository/directory-listing.ts';
import type { ListedDirectories } from './io/protocol.ts';

const ID_BYTES = 32;

/** The first digits that ids in a directory must have. */
export function prefixOf(path: string): string {
  return path.startsWith('data/') ? path.slice('data/'.length) : '';
}

/** What a file thread handed over in one piece, directory by directory. */
export function cataloguesOf({ directories, ids, sizes }: ListedDirectories): DirectoryListing[] {
  const all = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  let at = 0;
  return directories.map(({ count, ...directory }) => {
    const [start, end] = [at, (at += count)];
    const ownIds = all.subarray(start * ID_BYTES, end * ID_BYTES);
    return { ...directory, objects: new Catalogue(ownIds, sizes.subarray(start, end)) };
  });
}
