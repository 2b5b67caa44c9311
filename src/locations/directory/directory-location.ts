import type { Catalogue } from '../../repository/catalogue.ts';
import { split } from '../../repository/data-catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import { NO_FOREIGN, type Foreign } from '../../repository/strays.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type {
  CallOptions,
  Disk,
  FileSource,
  Inspection,
  Listing,
  ListOptions,
  Location,
  LockFiles,
  ObjectStat,
  PlaceIdentity,
  Receipt,
  ReceiveOptions,
  Role,
  SmallFile,
  Space,
  Transfer,
  WrittenFile,
} from '../location.ts';
import { requireWritable } from '../writable.ts';
import type { FilePool } from './io/file-pool.ts';
import { FileCalls } from './io/file-calls.ts';
import { Lister } from './lister.ts';
import { RetiredFiles } from './retired-files.ts';
import { Receiver } from './receiver.ts';
import { Verifier } from './verifier.ts';

const MARKER: SmallFile = '.backup-syncd/backend.json';
const SMALL_FILE_LIMIT = 16 * 1024 * 1024;
/** A listing or a stat without an answer for this long is given up, in milliseconds. */
const SILENCE_MS = 30_000;

export interface DirectoryLocationOptions {
  readonly root: string;
  readonly role: Role;
  readonly pool: FilePool;
  /** called once for each feature that this file system lacks */
  readonly onLimitation?: (message: string) => void;
  /** milliseconds; for tests */
  readonly silenceMs?: number;
}

/** A repository as plain files below a directory. All calls are made in file threads of its mount. */
export class DirectoryLocation implements Location, FileSource {
  readonly kind = 'directory';
  readonly label: string;
  readonly root: string;
  readonly role: Role;
  readonly retired: RetiredFiles;
  private readonly calls: FileCalls;
  private readonly lister: Lister;
  private readonly receiver: Receiver;
  private readonly verifier: Verifier;
  private foreign = NO_FOREIGN;

  constructor(options: DirectoryLocationOptions) {
    this.root = options.root;
    this.label = options.root;
    this.role = options.role;
    this.calls = new FileCalls({ silenceMs: SILENCE_MS, ...options });
    this.lister = new Lister(this.calls);
    this.verifier = new Verifier(this.calls);
    this.retired = new RetiredFiles(this.calls);
    this.receiver = new Receiver(this.calls, options.onLimitation ?? (() => undefined));
  }

  async list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>> {
    const listing = await this.lister.list(kind, options);
    if (!this.lister.isThere(kind)) await this.requireRoot(options);
    return listing as Listing<K>;
  }

  async stat(
    kind: HashedKind,
    ids: readonly string[],
    options: CallOptions,
  ): Promise<ObjectStat[]> {
    const paths = ids.map((id) => objectPath(kind, id));
    const found = await this.calls.call('stat', options, paths);
    return ids.flatMap((id, i) => {
      const stat = found[i];
      return stat === undefined ? [] : [{ id, ...stat }];
    });
  }

  async read(path: SmallFile, options: CallOptions): Promise<Buffer | undefined> {
    const content = await this.calls.call('read', options, path, SMALL_FILE_LIMIT);
    return content && Buffer.from(content);
  }

  async write(path: WrittenFile, content: Buffer, options: CallOptions): Promise<void> {
    requireWritable(this);
    await this.calls.call('write', options, path, content);
  }

  async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    requireWritable(this);
    const receipt = await this.receiver.receive(transfer, options);
    const { kind } = transfer;
    const sets = kind === 'data' ? split(receipt.placed).shards : [receipt.placed];
    this.lister.notePlaced(kind, sets);
    return receipt;
  }

  async verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt> {
    return this.verifier.verify(kind, objects, options);
  }

  async sweep(options: CallOptions): Promise<void> {
    requireWritable(this);
    await this.receiver.sweep(options);
  }

  async settle(options: CallOptions): Promise<void> {
    await this.receiver.settle(options);
  }

  async locks(options: CallOptions): Promise<LockFiles> {
    return this.calls.call('locks', options);
  }

  async space(options: CallOptions): Promise<Space> {
    return this.calls.call('space', options);
  }

  async beside({ care, signal }: ListOptions): Promise<Foreign> {
    if (care === 'full') this.foreign = await this.calls.call('beside', { signal });
    return this.foreign;
  }

  async inspect(options: CallOptions): Promise<Inspection> {
    return this.calls.call('inspect', options);
  }

  async identity(options: CallOptions): Promise<PlaceIdentity> {
    return this.calls.call('identity', options);
  }

  async disk(options: CallOptions): Promise<Disk> {
    return this.calls.call('disk', options);
  }

  async unmark(options: CallOptions): Promise<void> {
    requireWritable(this);
    await this.calls.call('remove', options, [MARKER]);
  }

  async close(): Promise<void> {
    // its threads belong to the pool
  }

  /** A kind without a directory is empty, but a missing location is an error. */
  private async requireRoot(options: CallOptions): Promise<void> {
    const { root } = await this.inspect(options);
    if (root === 'directory') return;
    const what =
      root === 'missing' ? 'there is no directory' : 'there is something other than a directory';
    throw new SyncdError(
      this.role === 'source' ? 'source_unavailable' : 'not_initialised',
      `${what} at ${this.root}`,
      'is the disk mounted? Check the configured path',
    );
  }
}
