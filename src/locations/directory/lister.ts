import { minus, plus, Catalogue } from '../../repository/catalogue.ts';
import type { DirectoryListing, DirectoryListings } from '../../repository/directory-listing.ts';
import { eachAtOnce } from '../../runtime/each-at-once.ts';
import type { CallOptions, ListOptions } from '../location.ts';
import type { FileCalls } from './io/file-calls.ts';
import { cataloguesOf, prefixOf } from './listed.ts';
import { ListingCache, type KnownDirectory } from './listing-cache.ts';
import { stampsOf, type Stamps } from './stamps.ts';

/** Directories to list in one call: long enough to be cheap, short enough to let others in between. */
const DIRECTORIES_A_CALL = 16;
/** As many as there are threads for them; those of a hundred clients that start together would fill the queue. */
const CHUNKS_AT_ONCE = 2;

interface ListerOptions extends ListOptions {
  /**
   * What another place holds under the same path: shared at once where it is equal, not when all is in memory twice.
   */
  readonly twinOf: (path: string) => Catalogue | undefined;
}

/** What is known of some directories, for as long as they look the same. */
interface Answer {
  readonly stamps: Stamps;
  readonly like: ListOptions['like'];
  readonly known: readonly KnownDirectory[];
}

/** Lists the directories of one place, reading again only those that may have changed. */
export class Lister {
  private readonly calls: FileCalls;
  private readonly cache = new ListingCache();
  private readonly answers = new Map<readonly string[], Answer>();

  constructor(calls: FileCalls) {
    this.calls = calls;
  }

  /**
   * The very same answer as before, for the same `paths` and `like`, when nothing looks changed.
   * Rejects with what the file system says, unclassified.
   */
  async list(paths: readonly string[], options: ListerOptions): Promise<readonly KnownDirectory[]> {
    const { like } = options;
    const stamps = options.incremental ? await stampsOf(this.calls, paths, options) : undefined;
    const last = this.answers.get(paths);
    if (stamps !== undefined && last?.like === like && last?.stamps.equals(stamps) === true)
      return last.known;
    const changed = stamps === undefined ? paths : this.changedOf(paths, stamps);
    await this.read(changed, options);
    if (like !== undefined) this.shareWith(paths, options);
    const known = paths.map((path) => this.cache.get(path));
    if (stamps !== undefined && changed.length === 0)
      this.answers.set(paths, { stamps, like, known });
    else this.answers.delete(paths);
    return known;
  }

  settled(): DirectoryListings {
    return this.cache.settled();
  }

  recall(listings: DirectoryListings): void {
    this.cache.recall(listings);
  }

  private async read(paths: readonly string[], options: ListerOptions): Promise<void> {
    const chunks = Array.from({ length: Math.ceil(paths.length / DIRECTORIES_A_CALL) }, (_, i) =>
      paths.slice(i * DIRECTORIES_A_CALL, (i + 1) * DIRECTORIES_A_CALL),
    );
    await eachAtOnce(chunks, CHUNKS_AT_ONCE, (chunk) => this.listChunk(chunk, options));
  }

  /** What was listed before it was known what another place holds. */
  private shareWith(paths: readonly string[], { twinOf }: ListerOptions): void {
    for (const path of paths) {
      const twin = twinOf(path);
      if (twin !== undefined) this.cache.shareWith(path, twin);
    }
  }

  private changedOf(paths: readonly string[], stamps: Stamps): string[] {
    return paths.filter((path, i) => !this.cache.isCurrent(path, stamps.at(i)));
  }

  private async listChunk(paths: readonly string[], options: ListerOptions): Promise<void> {
    const startedAt = Date.now();
    for (const [path, listed] of await this.readDirectories(paths, options)) {
      this.cache.store(path, listed, { startedAt, twin: options.twinOf(path) });
    }
  }

  /** Sizes that are remembered are not looked at again, unless it is to trust nothing. */
  private async readDirectories(
    paths: readonly string[],
    options: ListOptions,
  ): Promise<[path: string, DirectoryListing][]> {
    const isNew = (path: string) => !options.incremental || this.cache.get(path).stamp === null;
    const directories = paths.map((path) => ({
      ...{ path, prefix: prefixOf(path) },
      sizes: options.sizes && isNew(path),
    }));
    const { root } = this.calls;
    const { signal } = options;
    const listed = await this.calls.call('list', { root, directories }, { signal });
    return Promise.all(
      cataloguesOf(listed).map(async (directory, i) => {
        const path = paths[i] ?? '';
        if (!options.incremental || !options.sizes)
          return [path, directory] as [string, DirectoryListing];
        const known = this.cache.withKnownSizes(path, directory.stamp, directory.objects);
        const objects = await this.withNewSizes(path, known, options);
        return [path, { ...directory, objects }] as [string, DirectoryListing];
      }),
    );
  }

  /** Looks at each file whose size is not known; leaves out those that are gone since the directory was read. */
  private async withNewSizes(
    path: string,
    objects: Catalogue,
    { signal }: CallOptions,
  ): Promise<Catalogue> {
    const unknown = objects.idsWithoutSize();
    if (unknown.length === 0) return objects;
    const paths = unknown.map((id) => `${path}/${id}`);
    const stats = await this.calls.ask('stat', { root: this.calls.root, paths }, { signal });
    const isThere = (i: number) => stats[i]?.regular === true;
    const found = Catalogue.from(
      unknown.flatMap((id, i) => (isThere(i) ? [[id, stats[i]?.size]] : [])),
    );
    const gone = Catalogue.from(unknown.flatMap((id, i) => (isThere(i) ? [] : [[id, undefined]])));
    return minus(plus(objects, found), gone);
  }
}
