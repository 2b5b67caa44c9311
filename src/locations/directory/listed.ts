import { Catalogue } from '../../repository/catalogue.ts';
import type { ListedDirectories } from './io/protocol.ts';
import { Stamps } from './stamps.ts';

const ID_BYTES = 32;

/** The first digits that ids in a directory must have. */
export function prefixOf(path: string): string {
  return path.startsWith('data/') ? path.slice('data/'.length) : '';
}

/** What a directory held that is no object. */
export interface PassedOver {
  /** temporary and foreign files */
  readonly ignored: number;
  readonly refused: readonly string[];
}

/** Directories as they were found, in the order in which they were asked for. */
export interface Found {
  /** taken before each was read */
  readonly stamps: Stamps;
  readonly objects: readonly Catalogue[];
  readonly passedOver: readonly PassedOver[];
}

/** One of them. */
export interface Finding {
  readonly found: Found;
  readonly at: number;
}

/** What a file thread handed over in one piece, directory by directory. */
export function foundBy({ stamps, directories, ids, sizes }: ListedDirectories): Found {
  const all = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  let at = 0;
  const objects = directories.map(({ count }) => {
    const [start, end] = [at, (at += count)];
    const ownIds = all.subarray(start * ID_BYTES, end * ID_BYTES);
    return new Catalogue(ownIds, sizes.subarray(start, end));
  });
  return { stamps: new Stamps(stamps), objects, passedOver: directories };
}
