import { EMPTY_CATALOGUE, minus, plus, Catalogue } from '../../repository/catalogue.ts';
import { DataCatalogue } from '../../repository/data-catalogue.ts';
import { setsOf } from '../../repository/held.ts';
import type { HashedKind } from '../../repository/names.ts';
import { addForeign } from '../../repository/strays.ts';
import { eachAtOnce } from '../../runtime/each-at-once.ts';
import { elapsedMs } from '../../runtime/clock.ts';
import type { CallOptions, Listing, ListOptions } from '../location.ts';
import { Revisions } from '../revisions.ts';
import { directoryOf, ROWS } from './directories.ts';
import { DirectoryTable, isThere, movesTimes, type Found } from './directory-table.ts';
import type { FileCalls } from './io/file-calls.ts';
import type { ListedDirectories } from './io/list.ts';
import { NUMBERS_A_STAMP } from './io/stamp.ts';

/** Directories to list in one call: long enough to be cheap, short enough to let others in between. */
const DIRECTORIES_A_CALL = 32;
/** The number of threads. With more chunks, a hundred clients that start together would fill the queue. */
const CHUNKS_AT_ONCE = 2;
/** If names must be read: a listing that takes longer, in milliseconds, … */
const LONG_MS = 1_000;
/** … is read by polls no more often than this, in milliseconds. */
const SELDOM_MS = 15 * 60_000;
const ID_BYTES = 32;

/** A listing of names where directory times are not reliable. */
interface Reading {
  readonly tookMs: number;
  /** by `elapsedMs` */
  readonly endedAt: number;
}

/** Lists the directories of one place, reading again only those that may have changed. */
export class Lister {
  private readonly calls: FileCalls;
  private readonly table = new DirectoryTable();
  private readonly revisions = new Revisions();
  private readonly readings = new Map<HashedKind, Reading>();
  /** the last listing of each kind, while the table has not changed */
  private readonly gathered = new Map<HashedKind, Listing<HashedKind>>();

  constructor(calls: FileCalls) {
    this.calls = calls;
  }

  async list(kind: HashedKind, options: ListOptions): Promise<Listing<HashedKind>> {
    const startedAt = elapsedMs();
    const { changed, hasMute } = await this.readNames(kind, options);
    await this.read(changed, options);
    if (hasMute && options.care !== 'full') this.noteReading(kind, startedAt);
    if (changed.length > 0) this.gathered.delete(kind);
    const listing = this.gathered.get(kind) ?? this.gather(kind);
    this.gathered.set(kind, listing);
    return listing;
  }

  /** Whether the last listing found a directory of this kind. */
  isThere(kind: HashedKind): boolean {
    return ROWS[kind].some((row) => this.table.isThere(row));
  }

  /** Records objects that were written to directories, in the order of the kind's rows; their sizes are known. */
  notePlaced(kind: HashedKind, placed: readonly Catalogue[]): void {
    for (const [i, row] of ROWS[kind].entries()) {
      const set = placed[i];
      if (set !== undefined && set.count > 0) this.table.notePlaced(row, set);
    }
    this.gathered.delete(kind);
  }

  private gather(kind: HashedKind): Listing<HashedKind> {
    const rows = ROWS[kind];
    const sets = rows.map((row) => this.table.objects(row));
    const [only = EMPTY_CATALOGUE] = sets;
    const others = rows.map((row) => this.table.others(row));
    const [first = 0] = rows;
    return this.revisions.number(kind, {
      objects: kind === 'data' ? new DataCatalogue(sets) : only,
      ignored: others.reduce((sum, { ignored }) => sum + ignored, 0),
      foreign: addForeign(others.map(({ foreign }) => foreign)),
      refused: others.flatMap(({ refused }) => refused),
      ...(kind !== 'data' && this.isThere(kind) && { changedAt: this.table.changedAt(first) }),
    });
  }

  private async read(rows: readonly number[], options: ListOptions): Promise<void> {
    const chunks = Array.from({ length: Math.ceil(rows.length / DIRECTORIES_A_CALL) }, (_, i) =>
      rows.slice(i * DIRECTORIES_A_CALL, (i + 1) * DIRECTORIES_A_CALL),
    );
    await eachAtOnce(chunks, CHUNKS_AT_ONCE, (chunk) => this.listChunk(chunk, options));
  }

  /** The rows to read, and whether there are directories without reliable times. */
  private async readNames(
    kind: HashedKind,
    { care, signal }: ListOptions,
  ): Promise<{ changed: readonly number[]; hasMute: boolean }> {
    const rows = ROWS[kind];
    if (care === 'full') return { changed: rows, hasMute: false };
    const stamps = await this.calls.call('stamps', { signal }, kind);
    const isMute = (at: number) => isThere(stamps, at) && !movesTimes(stamps, at);
    const mayRest = care === 'poll' && this.mayRest(kind);
    const isToRead = (row: number, at: number) =>
      !(mayRest && isMute(at) && this.table.isSamePlace(row, stamps, at)) &&
      !this.table.isCurrent(row, stamps, at);
    return {
      changed: rows.filter(isToRead),
      hasMute: !mayRest && rows.some((_, at) => isMute(at)),
    };
  }

  private mayRest(kind: HashedKind): boolean {
    const last = this.readings.get(kind);
    return last !== undefined && last.tookMs > LONG_MS && elapsedMs() - last.endedAt < SELDOM_MS;
  }

  private noteReading(kind: HashedKind, startedAt: number): void {
    const endedAt = elapsedMs();
    const isFirst = !this.readings.has(kind); // it included sizes
    this.readings.set(kind, { tookMs: isFirst ? 0 : endedAt - startedAt, endedAt });
  }

  /** Each set is shared with an equal one of another place at once, before everything is in memory twice. */
  private async listChunk(rows: readonly number[], options: ListOptions): Promise<void> {
    const startedAt = elapsedMs();
    const found = await this.readDirectories(rows, options);
    const listed = { startedAt, endedAt: elapsedMs() };
    const objects = await Promise.all(
      found.map((each, i) => this.withSizes(rows[i] ?? 0, each, options)),
    );
    const twins = options.like && setsOf(options.like);
    for (const [i, each] of found.entries()) {
      const [row = 0, set = EMPTY_CATALOGUE] = [rows[i], objects[i]];
      this.table.store(row, { ...each, objects: set }, { ...listed, twin: twins?.[row] });
    }
  }

  /** Remembered sizes are not checked again, unless nothing is to be trusted. */
  private async readDirectories(
    rows: readonly number[],
    { care, signal }: ListOptions,
  ): Promise<Found[]> {
    const directories = rows.map((row) => ({
      path: directoryOf(row),
      prefix: prefixOf(directoryOf(row)),
      sizes: care === 'full' || !this.table.isThere(row),
    }));
    return foundIn(await this.calls.call('list', { signal }, directories));
  }

  private async withSizes(row: number, found: Found, options: ListOptions): Promise<Catalogue> {
    if (options.care === 'full') return found.objects;
    return this.withNewSizes(directoryOf(row), this.table.withKnownSizes(row, found), options);
  }

  /** Checks each file with an unknown size; leaves out those that are gone since the directory was read. */
  private async withNewSizes(
    path: string,
    objects: Catalogue,
    { signal }: CallOptions,
  ): Promise<Catalogue> {
    const unknown = objects.idsWithoutSize();
    if (unknown.length === 0) return objects;
    const paths = unknown.map((id) => `${path}/${id}`);
    const stats = await this.calls.call('stat', { signal }, paths);
    const isRegular = (i: number) => stats[i] !== undefined;
    const found = Catalogue.from(
      unknown.flatMap((id, i) => (isRegular(i) ? [[id, stats[i]?.size]] : [])),
    );
    const gone = Catalogue.from(
      unknown.flatMap((id, i) => (isRegular(i) ? [] : [[id, undefined]])),
    );
    return minus(plus(objects, found), gone);
  }
}

/** The required first digits of ids in a directory. */
function prefixOf(path: string): string {
  return path.startsWith('data/') ? path.slice('data/'.length) : '';
}

/** The listing that a file thread handed over in one piece, directory by directory. */
function foundIn({ stamps, directories, ids, sizes }: ListedDirectories): Found[] {
  const all = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  let end = 0;
  return directories.map(({ count, ...passedOver }, i) => {
    const start = end;
    end += count;
    const ownIds = all.subarray(start * ID_BYTES, end * ID_BYTES);
    return {
      stamp: stamps.subarray(i * NUMBERS_A_STAMP, (i + 1) * NUMBERS_A_STAMP),
      objects: new Catalogue(ownIds, sizes.subarray(start, end)),
      ...passedOver,
    };
  });
}
