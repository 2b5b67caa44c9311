import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type {
  CallOptions,
  CorruptObject,
  Disk,
  Inspection,
  Listing,
  ListOptions,
  Location,
  LockFiles,
  ObjectStat,
  PlaceIdentity,
  Receipt,
  ReceiveOptions,
  SmallFile,
  Space,
  Transfer,
  WrittenFile,
} from '../../src/locations/location.ts';
import type { RetiredPlace } from '../../src/locations/retired-place.ts';
import { receiptOf } from '../../src/locations/receipts.ts';
import { Revisions } from '../../src/locations/revisions.ts';
import { UNSHARED } from '../../src/locations/turns.ts';
import { Catalogue, intern } from '../../src/repository/catalogue.ts';
import { internData, split, type DataCatalogue } from '../../src/repository/data-catalogue.ts';
import { isObjectId, objectPath, type HashedKind } from '../../src/repository/names.ts';
import type { Objects } from '../../src/repository/objects.ts';
import {
  foreignAmong,
  foreignBeside,
  NO_FOREIGN,
  type Foreign,
} from '../../src/repository/strays.ts';
import { throwIfAborted } from '../../src/runtime/abort.ts';
import { SyncdError } from '../../src/runtime/errors.ts';

export interface MemoryFile {
  readonly content: Buffer;
  readonly mtimeMs: number;
}

/** The files of a place that exists in memory only, by path below its root. */
export class MemoryPlace {
  readonly files = new Map<string, MemoryFile>();
  isMissing = false;
  freeBytes: number | undefined;
  /** called after every change, at every instant at which a reader could look */
  onChange: (path: string) => void = () => undefined;
  private readonly changes = new Map<string, number>();

  put(path: string, content: Buffer | string, mtimeMs = Date.now()): void {
    this.files.set(path, { content: Buffer.from(content), mtimeMs });
    this.note(path);
  }

  delete(path: string): void {
    if (this.files.delete(path)) this.note(path);
  }

  content(path: string): Buffer | undefined {
    return this.files.get(path)?.content;
  }

  /** Names below a directory, not those further down. */
  names(directory: string): string[] {
    return this.paths(`${directory}/`)
      .map((path) => path.slice(directory.length + 1))
      .filter((name) => !name.includes('/'));
  }

  paths(prefix = ''): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort();
  }

  changedAt(kind: string): number | undefined {
    return this.changes.get(kind);
  }

  private note(path: string): void {
    const kind = path.split('/')[0] ?? '';
    this.changes.set(kind, Math.max(Date.now(), (this.changes.get(kind) ?? 0) + 1));
    this.onChange(path);
  }
}

export interface MemoryCall {
  readonly method: string;
  readonly kind?: HashedKind | undefined;
  /** the number of this call, from 0 */
  readonly number: number;
}

const WRITES: ReadonlySet<string> = new Set(['write', 'receive', 'sweep', 'settle']);

/** A location in memory that can misbehave on request. */
export class MemoryLocation implements Location {
  readonly kind: string = 'memory';
  readonly retired: RetiredPlace = NOTHING_RETIRED;
  private readonly revisions = new Revisions();
  private foreign: Foreign = NO_FOREIGN;
  readonly label: string;
  readonly place: MemoryPlace;
  readonly calls: MemoryCall[] = [];
  /** called before each call does anything; may throw, wait for ever (the signal still works), or change the place */
  before: (call: MemoryCall) => void | Promise<void> = () => undefined;
  /** called before each object is placed; may throw or change the source */
  beforeObject: (path: string) => void | Promise<void> = () => undefined;
  /** whether to claim that an object was placed without storing it, or to store it cut short */
  lie: (path: string) => 'nothing' | 'short' | undefined = () => undefined;
  /** whether to leave an object out, and to say so */
  /** paths that every listing refuses, as links */
  refused: readonly string[] = [];
  refuse: (path: string) => boolean = () => false;

  constructor(place = new MemoryPlace(), label = 'memory') {
    this.place = place;
    this.label = label;
  }

  /** The calls that change something. */
  get writes(): readonly MemoryCall[] {
    return this.calls.filter(({ method }) => WRITES.has(method));
  }

  async beside({ care }: ListOptions): Promise<Foreign> {
    const names = this.place.paths().map((path) => path.split('/', 1)[0] ?? '');
    if (care === 'full') this.foreign = foreignBeside([...new Set(names)], []); // list() finds what is in data/
    return this.foreign;
  }

  async list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>> {
    await this.enter('list', options, kind);
    const sized: [string, number | undefined][] = [];
    const strays: string[] = [];
    for (const path of this.place.paths(`${kind}/`)) {
      const id = path.slice(path.lastIndexOf('/') + 1);
      if (!isObjectId(id) || path !== objectPath(kind, id))
        strays.push(path.slice(kind.length + 1));
      else sized.push([id, this.place.content(path)?.length]);
    }
    const changedAt = kind === 'data' ? undefined : this.place.changedAt(kind);
    return this.revisions.number(kind, {
      objects: this.shared(kind, Catalogue.from(sized), options.like) as Objects[K],
      ignored: strays.length,
      foreign: foreignAmong(kind, strays),
      refused: this.refused,
      ...(changedAt !== undefined && { changedAt }),
    });
  }

  async stat(
    kind: HashedKind,
    ids: readonly string[],
    options: CallOptions,
  ): Promise<ObjectStat[]> {
    await this.enter('stat', options, kind);
    return ids.flatMap((id) => {
      const file = this.place.files.get(objectPath(kind, id));
      return file === undefined ? [] : [{ id, size: file.content.length, mtimeMs: file.mtimeMs }];
    });
  }

  async read(path: SmallFile, options: CallOptions): Promise<Buffer | undefined> {
    await this.enter('read', options);
    return this.place.content(path);
  }

  async write(path: WrittenFile, content: Buffer, options: CallOptions): Promise<void> {
    await this.enter('write', options);
    this.place.put(path, content);
  }

  async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    await this.enter('receive', options, transfer.kind);
    const { turns = UNSHARED } = options;
    return turns.take(transfer.objects.bytes, () => this.take(transfer, options));
  }

  private async take(
    { source, kind, objects }: Transfer,
    options: ReceiveOptions,
  ): Promise<Receipt> {
    if (!(source instanceof MemoryLocation)) throw new Error('memory receives from memory only');
    this.requireSpace(objects, options.minFreeBytes);
    const placed: [string, number][] = [];
    const vanished: string[] = [];
    const corrupt: CorruptObject[] = [];
    let failure: SyncdError | undefined;
    for (const { id, size } of objects.entries()) {
      const path = objectPath(kind, id);
      await abortable(this.beforeObject(path), options.signal);
      const file = source.place.files.get(path);
      if (file === undefined || (size !== undefined && size !== file.content.length)) {
        vanished.push(id);
      } else if (sha256(file.content) !== id) {
        corrupt.push({ id, message: `its content has the SHA-256 ${sha256(file.content)}` });
      } else if (this.refuse(path)) {
        failure ??= new SyncdError('permission', `${path} was refused`);
      } else {
        this.store(path, file);
        placed.push([id, file.content.length]);
        options.onProgress({ objects: 1, bytes: file.content.length });
      }
    }
    return { placed: Catalogue.from(placed), vanished, corrupt, ...(failure && { failure }) };
  }

  async verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt> {
    await this.enter('verify', options, kind);
    const entries = [...objects.entries()];
    const contents = entries.map(({ id }) => this.place.content(objectPath(kind, id)));
    return receiptOf(
      entries,
      contents.map((content) => content && sha256(content)),
    );
  }

  async sweep(options: CallOptions): Promise<void> {
    await this.enter('sweep', options);
  }

  async settle(options: CallOptions): Promise<void> {
    await this.enter('settle', options);
  }

  async space(options: CallOptions): Promise<Space | undefined> {
    await this.enter('space', options);
    const { freeBytes } = this.place;
    return freeBytes === undefined ? undefined : { freeBytes, totalBytes: freeBytes * 2 };
  }

  async locks(options: CallOptions): Promise<LockFiles> {
    await this.enter('locks', options);
    const names = this.place.names('locks').filter(isObjectId);
    const times = names.map((name) => this.place.files.get(`locks/${name}`)?.mtimeMs ?? 0);
    const changedAt = this.place.changedAt('locks');
    if (names.length === 0) return { count: 0, changedAt };
    const [oldestAt, newestAt] = [Math.min(...times), Math.max(...times)];
    return { count: names.length, oldestAt, newestAt, changedAt };
  }

  async inspect(options: CallOptions): Promise<Inspection> {
    await this.enter('inspect', options);
    const entries = new Set(this.place.paths().map((path) => path.split('/')[0] ?? ''));
    const root = this.place.isMissing ? 'missing' : 'directory';
    return { root, entries: this.place.isMissing ? [] : [...entries], erasureFormat: false };
  }

  async identity(): Promise<PlaceIdentity | undefined> {
    return undefined;
  }

  async disk(): Promise<Disk | undefined> {
    return undefined;
  }

  async unmark(options: CallOptions): Promise<void> {
    await this.enter('unmark', options);
    this.place.delete('.backup-syncd/backend.json');
  }

  async close(): Promise<void> {
    // nothing is held
  }

  private async enter(method: string, { signal }: CallOptions, kind?: HashedKind): Promise<void> {
    throwIfAborted(signal);
    const call = { method, kind, number: this.calls.length };
    this.calls.push(call);
    await abortable(this.before(call), signal);
    if (this.place.isMissing && method !== 'inspect') {
      throw new SyncdError('not_initialised', `there is nothing at ${this.label}`);
    }
  }

  private shared(
    kind: HashedKind,
    objects: Catalogue,
    like: Objects | undefined,
  ): Catalogue | DataCatalogue {
    if (kind === 'data') {
      const data = split(objects);
      return like === undefined ? data : internData(data, like.data);
    }
    return intern(objects, like?.[kind]);
  }

  private store(path: string, { content, mtimeMs }: MemoryFile): void {
    const lie = this.lie(path);
    if (lie === 'nothing') return;
    this.place.put(path, lie === 'short' ? content.subarray(1) : content, mtimeMs);
  }

  private requireSpace({ bytes }: Catalogue, minFreeBytes: number): void {
    const { freeBytes } = this.place;
    if (freeBytes === undefined || freeBytes - bytes >= minFreeBytes) return;
    throw new SyncdError('no_space', `${this.label} is full`);
  }
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Waits for an action, but no longer than until the signal fires. */
async function abortable(action: void | Promise<void>, signal: AbortSignal): Promise<void> {
  if (action !== undefined) await Promise.race([action, abortion(signal)]);
  throwIfAborted(signal);
}

async function abortion(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function cannotRetire(): Promise<never> {
  throw new Error('nothing is moved aside in memory');
}

const NOTHING_RETIRED: RetiredPlace = {
  list: async () => [],
  hashObjects: cannotRetire,
  hashRetired: cannotRetire,
  tryToMove: cannotRetire,
  readList: cannotRetire,
  writeList: cannotRetire,
  move: cannotRetire,
};
