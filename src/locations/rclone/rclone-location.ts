import type { Catalogue } from '../../repository/catalogue.ts';
import type { Objects } from '../../repository/objects.ts';
import type { HashedKind } from '../../repository/names.ts';
import { foreignBeside, NO_FOREIGN, type Foreign } from '../../repository/strays.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type {
  CallOptions,
  Disk,
  Fetched,
  FetchOptions,
  FetchTransfer,
  Inspection,
  Listing,
  ListOptions,
  Location,
  LockFiles,
  ObjectStat,
  PlaceIdentity,
  Receipt,
  ReceiveOptions,
  RemoteSource,
  Role,
  SmallFile,
  Space,
  Transfer,
  WrittenFile,
} from '../location.ts';
import { requireSpace } from '../no-space.ts';
import { requireWritable } from '../writable.ts';
import { Revisions } from '../revisions.ts';
import * as args from './arguments.ts';
import { blame } from './blame.ts';
import { READING, rcloneEnvironment } from './environment.ts';
import { verifyObjects } from './hash-listed.ts';
import { listEntries, statObjects } from './entries.ts';
import { readFeatures, type RemoteFeatures } from './features.ts';
import { ListingBuilder, type Entry } from './listing.ts';
import { asError, failureOf, Rclone } from './rclone.ts';
import { receiveByRclone } from './receiver.ts';
import { RetiredObjects } from './retired-objects.ts';
import { sendBatch } from './send-batch.ts';
import { readSpace } from './space.ts';
import { TEMPORARY, writeObject } from './write-object.ts';

/** A process without progress for this long is stopped, in milliseconds. */
const SILENCE_MS = 3 * 60_000;
const MARKER: SmallFile = '.backup-syncd/backend.json';
export interface RcloneLocationOptions {
  /** `remote:path` */
  readonly remote: string;
  /** rclone's configuration; undefined: remotes are defined by the environment only */
  readonly configFile?: string | undefined;
  readonly role: Role;
  /** bytes a second; undefined: no limit */
  readonly bandwidth?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** milliseconds; for tests */
  readonly silenceMs?: number;
}

/** A repository at any of rclone's kinds of storage. Every call is one process, which ends with us. */
export class RcloneLocation implements Location, RemoteSource {
  readonly kind = 'rclone';
  readonly label: string;
  /** ends in a slash */
  readonly remote: string;
  readonly retired: RetiredObjects;
  readonly role: Role;
  private readonly rclone: Rclone;
  private known: RemoteFeatures | undefined;

  constructor({ remote, configFile, role, bandwidth, env, silenceMs }: RcloneLocationOptions) {
    this.label = remote;
    this.remote = /[:/]$/.test(remote) ? remote : `${remote}/`; // without the slash, S3 looks for an object of that name
    this.role = role;
    this.rclone = new Rclone({
      label: remote,
      bandwidth,
      silenceMs: silenceMs ?? SILENCE_MS,
      env: rcloneEnvironment(env, configFile),
    });
    const placing = async (options: CallOptions) => (await this.features(options)).placing;
    const { rclone, remote: root, label } = this;
    this.retired = new RetiredObjects({ rclone, root, label, placing });
  }

  async list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>> {
    return this.guard(this.listAnew(kind, options));
  }

  private async listAnew<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>> {
    const builder = new ListingBuilder(kind);
    const found = await listEntries(this.rclone, `${this.remote}${kind}/`, {
      signal: options.signal,
      recursive: kind === 'data',
      onEntry: (entry) => builder.add(entry),
    });
    if (!found) await this.requireAbsence(kind, options);
    const like = (options.like?.[kind] ?? this.revisions.objects(kind)) as Objects[K] | undefined;
    return this.revisions.number(kind, builder.build(like));
  }

  /** An existing bucket has no directories that could be missing: it lists a missing one as empty. */
  private async requireAbsence(kind: HashedKind, options: CallOptions): Promise<void> {
    await this.requireRoot(options);
    const { placing } = await this.features(options);
    if (placing === 'staged') return;
    throw new SyncdError(
      'tool',
      `${this.label} reported that it has no ${kind}/, although it has`,
      'the server contradicts itself; the pass will be retried',
    );
  }

  async stat(
    kind: HashedKind,
    ids: readonly string[],
    options: CallOptions,
  ): Promise<ObjectStat[]> {
    return this.guard(statObjects(this.rclone, { root: this.remote, kind, ids }, options));
  }

  /** Our files are never empty. If rclone finds nothing, it writes nothing and exits with 0. */
  async read(path: SmallFile, { signal }: CallOptions): Promise<Buffer | undefined> {
    const options = { signal, input: `${path}\n`, env: READING };
    const outcome = await this.guard(this.rclone.run(args.catListed(this.remote), options));
    if (outcome.isOk && outcome.stdout.length > 0) {
      this.hasSeenRoot = true;
      return outcome.stdout;
    }
    if (outcome.isOk || outcome.failure.isNotFound) return undefined;
    throw blame(asError(outcome.failure), this.role);
  }

  async write(path: WrittenFile, content: Buffer, options: CallOptions): Promise<void> {
    requireWritable(this);
    const { placing } = await this.features(options);
    if (placing === 'direct') await this.requireBucket(options);
    else await this.requireRoot(options);
    const { rclone, remote: root } = this;
    await writeObject({ rclone, root, placing }, { path, content }, options);
  }

  async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    requireWritable(this);
    const { placing, refusesDamaged } = await this.features(options);
    if (placing === 'staged') {
      await this.requireRoot(options); // rclone would create it
      this.hasStaged = true;
    } else await this.requireBucket(options);
    const { rclone, remote: root, label } = this;
    const wanted = { label, neededBytes: transfer.objects.bytes, enlarge: 'raise the quota' };
    requireSpace(await this.space(options), { ...wanted, minFreeBytes: options.minFreeBytes });
    return receiveByRclone(transfer, { rclone, root, label, placing, refusesDamaged }, options);
  }

  async fetch({ kind, objects, to }: FetchTransfer, options: FetchOptions): Promise<Fetched> {
    const { rclone, remote: from, label } = this;
    const here = { placing: 'direct', refusesDamaged: false } as const;
    const target = { rclone, root: to, label, ...here };
    const fetched = await this.guard(
      sendBatch(objects, { source: this, from, kind, target }, options),
    );
    const failure = blame(fetched.failure, this.role);
    return { ...fetched, ...(failure !== undefined && { failure }) };
  }

  async verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt> {
    const { rclone, remote: root } = this;
    return this.guard(verifyObjects(rclone, { root, kind, objects }, options));
  }

  async sweep(options: CallOptions): Promise<void> {
    requireWritable(this);
    const { placing } = await this.features(options);
    if (placing === 'direct') return this.requireBucket(options);
    await this.requireRoot(options);
    await this.purgeStage(options);
  }

  /** Named objects are already complete. Removes the rest of the stage; if that fails, the next sweep reports it. */
  async settle(options: CallOptions): Promise<void> {
    if (!this.hasStaged) return;
    this.hasStaged = false;
    await failureOf(this.purgeStage(options));
  }

  async space({ signal }: CallOptions): Promise<Space | undefined> {
    const { tellsSpace } = await this.features({ signal });
    if (!tellsSpace) return undefined;
    const outcome = await this.rclone.run(args.about(this.remote), { signal });
    return outcome.isOk ? readSpace(outcome.stdout) : undefined;
  }

  /** Each check would cost a request, and a lock that was seen once would seem to stay. */
  async locks(): Promise<LockFiles | undefined> {
    return undefined;
  }

  async identity(): Promise<PlaceIdentity | undefined> {
    return undefined;
  }

  async disk(): Promise<Disk | undefined> {
    return undefined;
  }

  /** Lists only the root here: the listing of `data/` already has what is beside the objects there. */
  async beside({ care, signal }: ListOptions): Promise<Foreign> {
    if (care !== 'full') return this.foreign;
    const names: string[] = [];
    const onEntry = ({ path }: Entry) => names.push(path);
    await this.guard(listEntries(this.rclone, this.remote, { signal, onEntry, files: false }));
    return (this.foreign = foreignBeside(names, []));
  }

  async inspect({ signal }: CallOptions): Promise<Inspection> {
    const entries: string[] = [];
    const found = await listEntries(this.rclone, this.remote, {
      signal,
      files: false,
      onEntry: ({ path }) => {
        if (entries.length < 100) entries.push(path);
      },
    });
    return { root: found ? 'directory' : 'missing', entries, erasureFormat: false };
  }

  /** Creates the root, as `backend init` does for a directory; returns whether it had to. */
  async make(options: CallOptions): Promise<boolean> {
    requireWritable(this);
    if ((await this.inspect(options)).root === 'directory') return false;
    const { placing } = await this.features(options);
    if (placing === 'direct') {
      throw new SyncdError(
        'not_initialised',
        `the bucket of ${this.label} does not exist`,
        'create it with the settings that you want (region, versions, lock), then try again',
      );
    }
    await this.rclone.must(args.makeDirectory(this.remote), options);
    return true;
  }

  async unmark({ signal }: CallOptions): Promise<void> {
    requireWritable(this);
    await this.rclone.must(args.deleteFile(`${this.remote}${MARKER}`), { signal });
  }

  async close(): Promise<void> {
    // no process outlives its call
  }

  private async features({ signal }: CallOptions): Promise<RemoteFeatures> {
    if (this.known !== undefined) return this.known;
    const json = await this.rclone.must(args.features(this.remote), { signal });
    const isOnlyRead = this.role !== 'backend';
    return (this.known = readFeatures(json.toString('utf8'), this.label, { isOnlyRead }));
  }

  private async purgeStage({ signal }: CallOptions): Promise<void> {
    const outcome = await this.rclone.run(args.purge(`${this.remote}${TEMPORARY}`), { signal });
    if (!outcome.isOk && !outcome.failure.isNotFound) throw asError(outcome.failure);
  }

  /**
   * An object store has no directories, only buckets. One that was seen or read from stays; some servers would create one on upload.
   */
  private async requireBucket(options: CallOptions): Promise<void> {
    if (!this.hasSeenRoot) await this.requireRoot(options);
  }

  private readonly revisions = new Revisions();
  private hasSeenRoot = false;
  private foreign = NO_FOREIGN;
  private hasStaged = false;

  private async requireRoot(options: CallOptions): Promise<void> {
    const { root } = await this.inspect(options);
    this.hasSeenRoot = root === 'directory';
    if (this.hasSeenRoot) return;
    throw new SyncdError(
      this.role === 'source' ? 'source_unavailable' : 'not_initialised',
      `there is nothing at ${this.label}`,
      'check the remote and its path; is its disk mounted there?',
    );
  }

  private async guard<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw blame(error, this.role);
    });
  }
}
