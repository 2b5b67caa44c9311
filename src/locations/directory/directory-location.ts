import { Catalogue } from '../../repository/catalogue.ts';
import { DataCatalogue, SHARD_COUNT } from '../../repository/data-catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import type { Objects } from '../../repository/objects.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type {
  CallOptions,
  Inspection,
  Listing,
  ListOptions,
  Location,
  LockFiles,
  ObjectStat,
  Receipt,
  ReceiveOptions,
  Role,
  SmallFile,
  Space,
  Transfer,
} from '../location.ts';
import { classify } from './classify.ts';
import type { FilePool } from './io/file-pool.ts';
import { FileCalls } from './io/file-calls.ts';
import type { Args, OperationName, Result, SmallOperation } from './io/protocol.ts';
import { ListingCache, SETTLE_MS, type KnownDirectory } from './listing-cache.ts';
import { Receiver } from './receiver.ts';
import { Verifier } from './verifier.ts';

const SHARDS = Array.from({ length: SHARD_COUNT }, (_, i) => i.toString(16).padStart(2, '0'));
const SMALL_FILE_LIMIT = 16 * 1024 * 1024;
/** Directories to list in one call: long enough to be cheap, short enough to let others in between. */
const DIRECTORIES_A_CALL = 16;
/** A listing or a stat that has not answered for this long, in milliseconds, is given up. */
const SILENCE_MS = 30_000;

export interface DirectoryLocationOptions {
  readonly root: string;
  readonly role: Role;
  readonly pool: FilePool;
  /** told once about what this file system cannot do */
  readonly onLimitation?: (message: string) => void;
  /** milliseconds; for tests */
  readonly silenceMs?: number;
}

interface Refresh extends ListOptions {
  /** what another place holds under the same path: shared at once where it is equal, not when all is in memory twice */
  readonly twinOf: (path: string) => Catalogue | undefined;
}

interface KnownLocks {
  readonly stamp: string | null;
  readonly locks: LockFiles;
  /** when this stamp was first seen, and when the locks were last read; milliseconds since the epoch */
  readonly seenAt: number;
  readonly readAt: number;
}

/** A repository as plain files below a directory. All calls are made in file threads of its mount. */
export class DirectoryLocation implements Location {
  readonly label: string;
  readonly root: string;
  private readonly role: Role;
  private readonly calls: FileCalls;
  private readonly cache = new ListingCache();
  private readonly receiver: Receiver;
  private readonly verifier: Verifier;
  private lastLocks: KnownLocks | undefined;

  constructor(options: DirectoryLocationOptions) {
    this.root = options.root;
    this.label = options.root;
    this.role = options.role;
    this.calls = new FileCalls(options.pool, options.root, options.silenceMs ?? SILENCE_MS);
    this.verifier = new Verifier(this.calls);
    this.receiver = new Receiver(this.calls, options.onLimitation ?? (() => undefined));
  }

  async list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>> {
    const paths = kind === 'data' ? SHARDS.map((shard) => `data/${shard}`) : [kind];
    const { like } = options;
    const shards = kind === 'data' ? like?.data.shards : [like?.[kind as 'keys']];
    const twinOf = (path: string) => shards?.[paths.indexOf(path)];
    await this.refresh(paths, { ...options, twinOf });
    const known = paths.map((path) => this.cache.get(path));
    if (known.every((directory) => directory.stamp === null)) await this.requireRoot(options);
    return {
      objects: gather(kind, known) as Objects[K],
      ignored: known.reduce((sum, directory) => sum + directory.ignored, 0),
      refused: known.flatMap((directory) => directory.refused),
      ...(known.length === 1 && known[0]?.stamp != null && { changedAt: known[0].mtimeMs }),
    };
  }

  async stat(
    kind: HashedKind,
    ids: readonly string[],
    options: CallOptions,
  ): Promise<ObjectStat[]> {
    const paths = ids.map((id) => objectPath(kind, id));
    const found = await this.call('stat', { root: this.root, paths }, options);
    return ids.flatMap((id, i) => {
      const stat = found[i];
      if (stat?.regular !== true) return [];
      const { size, mtimeMs, ctimeMs } = stat;
      return [{ id, size, mtimeMs, ctimeMs }];
    });
  }

  async read(path: SmallFile, options: CallOptions): Promise<Buffer | undefined> {
    const args = { path: `${this.root}/${path}`, maxBytes: SMALL_FILE_LIMIT };
    const content = await this.ask('read', args, options);
    return content === null ? undefined : Buffer.from(content);
  }

  async write(path: SmallFile, content: Buffer, options: CallOptions): Promise<void> {
    this.requireBackend();
    await this.call('write', { root: this.root, path, content }, options);
  }

  async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    this.requireBackend();
    return this.receiver.receive(transfer, options).catch((error: unknown) => this.rethrow(error));
  }

  async verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt> {
    return this.verifier
      .verify(kind, objects, options)
      .catch((error: unknown) => this.rethrow(error));
  }

  async sweep(options: CallOptions): Promise<void> {
    this.requireBackend();
    await this.receiver.sweep(options).catch((error: unknown) => this.rethrow(error));
  }

  async settle(options: CallOptions): Promise<void> {
    await this.receiver.settle(options).catch((error: unknown) => this.rethrow(error));
  }

  async locks(options: CallOptions): Promise<LockFiles> {
    const [stamp = null] = await this.stampsOf(['locks'], options);
    const known = this.lastLocks;
    if (known?.stamp === stamp && known.readAt - known.seenAt >= SETTLE_MS) return known.locks;
    const readAt = Date.now();
    const { count, oldestMs } = await this.call('locks', { root: this.root }, options);
    const locks = oldestMs === null ? { count } : { count, oldestAt: oldestMs };
    const seenAt = known?.stamp === stamp ? known.seenAt : readAt;
    this.lastLocks = { stamp, locks, seenAt, readAt };
    return locks;
  }

  async space(options: CallOptions): Promise<Space> {
    return this.ask('space', { path: this.root }, options);
  }

  async inspect(options: CallOptions): Promise<Inspection> {
    return this.call('inspect', { root: this.root }, options);
  }

  async close(): Promise<void> {
    // its threads belong to the pool
  }

  /** Reads again the directories that may have changed since they were listed. */
  private async refresh(paths: readonly string[], options: Refresh): Promise<void> {
    const changed = options.incremental ? await this.changedOf(paths, options) : [...paths];
    const chunks = Array.from({ length: Math.ceil(changed.length / DIRECTORIES_A_CALL) }, (_, i) =>
      changed.slice(i * DIRECTORIES_A_CALL, (i + 1) * DIRECTORIES_A_CALL),
    );
    await Promise.all(chunks.map((chunk) => this.listChunk(chunk, options)));
  }

  private async changedOf(paths: readonly string[], options: CallOptions): Promise<string[]> {
    const stamps = await this.stampsOf(paths, options);
    return paths.filter((path, i) => !this.cache.isCurrent(path, stamps[i] ?? null));
  }

  private async listChunk(paths: readonly string[], options: Refresh): Promise<void> {
    const startedAt = Date.now();
    const directories = paths.map((path) => this.cache.request(path, !options.incremental));
    const args = { root: this.root, sizes: options.sizes, directories };
    const listed = await this.call('list', args, options);
    listed.forEach((directory, i) => {
      const path = paths[i] ?? '';
      this.cache.store(path, directory, { startedAt, twin: options.twinOf(path) });
    });
  }

  /** A kind without a directory is empty, but a location that is not there is not. */
  private async requireRoot(options: CallOptions): Promise<void> {
    const { root } = await this.inspect(options);
    if (root === 'directory') return;
    const what =
      root === 'missing' ? 'there is no directory' : 'there is something else than a directory';
    throw new SyncdError(
      this.role === 'source' ? 'source_unavailable' : 'not_initialised',
      `${what} at ${this.root}`,
      { hint: 'is the disk mounted? check the configured path' },
    );
  }

  private requireBackend(): void {
    if (this.role !== 'backend') throw new Error(`it is only read: ${this.root}`); // I12
  }

  private async stampsOf(
    paths: readonly string[],
    options: CallOptions,
  ): Promise<(string | null)[]> {
    const args = { root: this.root, paths: paths.join('\n') };
    const stamps = await this.ask('stamps', args, options);
    return stamps.split('\n').map((stamp) => (stamp === '' ? null : stamp));
  }

  private async ask<N extends SmallOperation>(
    operation: N,
    args: Args<N>,
    { signal }: CallOptions,
  ): Promise<Result<N>> {
    return this.calls
      .ask(operation, args, { signal })
      .catch((error: unknown) => this.rethrow(error));
  }

  private async call<N extends OperationName>(
    operation: N,
    args: Args<N>,
    { signal }: CallOptions,
  ): Promise<Result<N>> {
    try {
      return await this.calls.call(operation, args, { signal });
    } catch (error) {
      return this.rethrow(error);
    }
  }

  private rethrow(error: unknown): never {
    throw classify(error, this.role);
  }
}

function gather(kind: HashedKind, known: readonly KnownDirectory[]): Catalogue | DataCatalogue {
  const catalogues = known.map((directory) => directory.objects);
  if (kind === 'data') return new DataCatalogue(catalogues);
  return catalogues[0] ?? Catalogue.from([]);
}
