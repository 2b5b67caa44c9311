import { Catalogue, intern } from '../../repository/catalogue.ts';
import { DataCatalogue, internData, split } from '../../repository/data-catalogue.ts';
import { isObjectId, objectPath, type HashedKind } from '../../repository/names.ts';
import type { Objects } from '../../repository/objects.ts';
import { addForeign, foreignAmong, type Foreign } from '../../repository/strays.ts';
import type { Listing } from '../location.ts';

/** One entry of `rclone lsjson`. */
export interface Entry {
  readonly path: string;
  /** NaN if missing or invalid */
  readonly size: number;
  /** milliseconds since the epoch; NaN if not requested */
  readonly mtimeMs: number;
}

/** One line of `rclone lsjson`, which writes one entry a line; undefined for the brackets around them. */
export function readEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  const text = line.endsWith(',') ? line.slice(0, -1) : line;
  const { Path, Size, ModTime } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (typeof Path !== 'string') throw new Error('an entry without a path');
  const isSize = typeof Size === 'number' && Number.isSafeInteger(Size) && Size >= 0;
  return {
    path: Path,
    size: isSize ? Size : NaN,
    mtimeMs: typeof ModTime === 'string' ? Date.parse(ModTime) : NaN,
  };
}

/** Collects the listing of a kind's directory; names that restic would not accept are counted (I1). */
export class ListingBuilder<K extends HashedKind> {
  private readonly kind: K;
  private readonly found: [string, number | undefined][] = [];
  private ignored = 0;
  private readonly foreign: Foreign[] = [];

  constructor(kind: K) {
    this.kind = kind;
  }

  add({ path, size }: Entry): void {
    const id = path.slice(path.lastIndexOf('/') + 1);
    if (isObjectId(id) && `${this.kind}/${path}` === objectPath(this.kind, id))
      this.found.push([id, size]);
    else this.skip(path, id);
  }

  private skip(path: string, name: string): void {
    this.ignored += 1;
    const directory = path.slice(0, Math.max(0, path.length - name.length - 1));
    const one = foreignAmong([this.kind, directory].filter(Boolean).join('/'), [name]);
    if (one.count > 0) this.foreign.push(one);
  }

  /** @param like sets equal to these are returned as these */
  build(like?: Objects[K]): Omit<Listing<K>, 'revision'> {
    const all = Catalogue.from(this.found);
    const { ignored } = this;
    const foreign = addForeign(this.foreign);
    return { objects: share(this.kind, all, like) as Objects[K], ignored, foreign, refused: [] };
  }
}

function share(kind: HashedKind, all: Catalogue, like: Objects[HashedKind] | undefined) {
  if (kind !== 'data') return like instanceof Catalogue ? intern(all, like) : all;
  return like instanceof DataCatalogue ? internData(split(all), like) : split(all);
}
