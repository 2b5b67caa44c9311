import { EMPTY_CATALOGUE, minus, plus, Catalogue } from '../../repository/catalogue.ts';
import { eachAtOnce } from '../../runtime/each-at-once.ts';
import { elapsedMs } from '../../runtime/clock.ts';
import type { CallOptions, ListOptions } from '../location.ts';
import type { FileCalls } from './io/file-calls.ts';
import { foundBy, prefixOf, type Finding, type Found, type PassedOver } from './listed.ts';
import { ListingCache } from './listing-cache.ts';
import { stampsOf } from './stamps.ts';

/** Directories to list in one call: long enough to be cheap, short enough to let others in between. */
const DIRECTORIES_A_CALL = 16;
/** As many as there are threads for them; those of a hundred clients that start together would fill the queue. */
const CHUNKS_AT_ONCE = 2;
/** Where names have to be read: what takes longer, in milliseconds, … */
const LONG_MS = 1_000;
/** … is read by polls no more often than this, in milliseconds. */
const SELDOM_MS = 15 * 60_000;

interface ListerOptions extends ListOptions {
  /**
   * What another place holds under the same path: shared at once where it is equal, not when all is in memory twice.
   */
  readonly twinOf: (path: string) => Catalogue | undefined;
}

/** What some directories hold. */
export interface Listed extends PassedOver {
  /** in the order of the paths */
  readonly catalogues: readonly Catalogue[];
  /** when an entry last came to or went from the first that is there, milliseconds since the epoch; undefined: none is */
  readonly changedAt: number | undefined;
}

/** What is known of some directories, for as long as they look the same. */
interface Answer {
  readonly like: ListOptions['like'];
  readonly listed: Listed;
}

/** A reading of names where directory times tell nothing. */
interface Reading {
  readonly tookMs: number;
  /** by `elapsedMs` */
  readonly endedAt: number;
}

/** Lists the directories of one place, reading again only those that may have changed. */
export class Lister {
  private readonly calls: FileCalls;
  private readonly cache: ListingCache;
  private readonly answers = new Map<readonly string[], Answer>();
  private readonly readings = new Map<readonly string[], Reading>();

  /** @param positions all paths that it may be asked for, numbered from 0 on */
  constructor(calls: FileCalls, positions: ReadonlyMap<string, number>) {
    this.calls = calls;
    this.cache = new ListingCache(positions);
  }

  /**
   * The very same answer as before, for the same `paths` and `like`, when nothing looks changed.
   * Rejects with what the file system says, unclassified.
   */
  async list(paths: readonly string[], options: ListerOptions): Promise<Listed> {
    const { like } = options;
    const last = this.lastAnswer(paths, options);
    const startedAt = elapsedMs();
    const { changed, hasMute } = await this.look(paths, options);
    const isSame = options.care !== 'full' && changed.length === 0;
    if (isSame && last !== undefined) return last.listed;
    await this.read(changed, options);
    if (hasMute && options.care !== 'full') this.noteReading(paths, startedAt);
    if (like !== undefined) this.shareWith(paths, options);
    const [fresh, known] = [this.gather(paths), this.answers.get(paths)?.listed];
    const listed = known !== undefined && areSame(fresh, known) ? known : fresh;
    this.answers.set(paths, { like, listed });
    return listed;
  }

  /** Takes note of objects that were written to a directory: of these the size is known. */
  notePlaced(path: string, placed: Catalogue | undefined): void {
    if (placed === undefined || placed.count === 0) return;
    this.cache.notePlaced(path, placed);
    this.answers.clear();
  }

  private lastAnswer(paths: readonly string[], { like }: ListOptions): Answer | undefined {
    const last = this.answers.get(paths);
    return last?.like === like ? last : undefined;
  }

  private gather(paths: readonly string[]): Listed {
    const passedOver = paths.map((path) => this.cache.passedOver(path));
    const firstThere = paths.find((path) => this.cache.isThere(path));
    return {
      catalogues: paths.map((path) => this.cache.objects(path)),
      ignored: passedOver.reduce((sum, { ignored }) => sum + ignored, 0),
      refused: passedOver.flatMap(({ refused }) => refused),
      changedAt: firstThere === undefined ? undefined : this.cache.mtimeMs(firstThere),
    };
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

  /** What is to be read, and whether there are directories whose times tell nothing. */
  private async look(
    paths: readonly string[],
    options: ListOptions,
  ): Promise<{ changed: readonly string[]; hasMute: boolean }> {
    if (options.care === 'full') return { changed: paths, hasMute: false };
    const stamps = await stampsOf(this.calls, paths, options);
    const isMute = (i: number) => stamps.isThere(i) && !stamps.movesTimes(i);
    const mayRest = options.care === 'poll' && this.mayRest(paths);
    const isToRead = (path: string, i: number) =>
      !(mayRest && isMute(i) && this.cache.isSamePlace(path, stamps, i)) &&
      !this.cache.isCurrent(path, stamps, i);
    return {
      changed: paths.filter(isToRead),
      hasMute: !mayRest && paths.some((_, i) => isMute(i)),
    };
  }

  private mayRest(paths: readonly string[]): boolean {
    const last = this.readings.get(paths);
    return last !== undefined && last.tookMs > LONG_MS && elapsedMs() - last.endedAt < SELDOM_MS;
  }

  private noteReading(paths: readonly string[], startedAt: number): void {
    const endedAt = elapsedMs();
    const isFirst = !this.readings.has(paths); // it looked at sizes, too
    this.readings.set(paths, { tookMs: isFirst ? 0 : endedAt - startedAt, endedAt });
  }

  private async listChunk(paths: readonly string[], options: ListerOptions): Promise<void> {
    const startedAt = elapsedMs();
    const found = await this.readDirectories(paths, options);
    const endedAt = elapsedMs();
    const objects = await Promise.all(
      paths.map((path, at) => this.withSizes(path, { found, at }, options)),
    );
    for (const [at, path] of paths.entries()) {
      const whole = { ...found, objects };
      this.cache.store(
        path,
        { found: whole, at },
        { startedAt, endedAt, twin: options.twinOf(path) },
      );
    }
  }

  /** Sizes that are remembered are not looked at again, unless it is to trust nothing. */
  private async readDirectories(
    paths: readonly string[],
    { care, signal }: ListOptions,
  ): Promise<Found> {
    const directories = paths.map((path) => ({
      ...{ path, prefix: prefixOf(path) },
      sizes: care === 'full' || !this.cache.isThere(path),
    }));
    const { root } = this.calls;
    return foundBy(await this.calls.call('list', { root, directories }, { signal }));
  }

  private async withSizes(
    path: string,
    finding: Finding,
    options: ListOptions,
  ): Promise<Catalogue> {
    if (options.care === 'full') return finding.found.objects[finding.at] ?? EMPTY_CATALOGUE;
    return this.withNewSizes(path, this.cache.withKnownSizes(path, finding), options);
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

function areSame(a: Listed, b: Listed): boolean {
  return (
    a.changedAt === b.changedAt &&
    a.ignored === b.ignored &&
    a.refused.join('\n') === b.refused.join('\n') &&
    a.catalogues.every((set, i) => set === b.catalogues[i])
  );
}
