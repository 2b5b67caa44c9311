import type { Catalogue } from '../repository/catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';
import type { SyncdError } from '../runtime/errors.ts';
import type { Care } from './care.ts';
import type { RetiredPlace } from './retired-place.ts';
import type { Turns } from './turns.ts';

/**
 * The port: a place that can hold a repository as files. A source is only ever listed, statted and read (I12).
 *
 * Every call ends: it rejects with an AbortError when its signal fires, and with a SyncdError of reason `timeout` when
 * the place has not answered for the deadline of its kind. Errors are SyncdErrors, classified by the location.
 */
export interface Location {
  /** the kind of place that it is: the table of routes is read by it */
  readonly kind: string;
  /** for people: the path or the remote's name */
  readonly label: string;
  /** every look costs requests: it is looked at seldom, and what is known to be there is remembered in between */
  readonly isRemote: boolean;
  /** where objects lie that a person had moved aside; only a backend has any */
  readonly retired: RetiredPlace;

  /**
   * Lists the objects of one kind. Names that restic would not accept are counted, never listed; symlinks and other
   * non-regular files under an object's name are named in `refused`, never followed.
   * A missing directory of the kind lists as empty; a missing location rejects.
   */
  list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>>;

  /** Sizes and times of objects, as they are now; what is not there is absent from the answer. */
  stat(kind: HashedKind, ids: readonly string[], options: CallOptions): Promise<ObjectStat[]>;

  /** Begins a `stat` of objects that are named later, as to begin can be what takes long. To be ended, used or not. */
  beginStat(options: CallOptions): BegunStat;

  /** What a small file below the root holds; undefined when it is not there. Rejects above 16 MiB. */
  read(path: SmallFile, options: CallOptions): Promise<Buffer | undefined>;

  /** Replaces a small file below the root, atomically and durably. */
  write(path: WrittenFile, content: Buffer, options: CallOptions): Promise<void>;

  /**
   * Copies objects from a source: each is hashed on the way, and placed under its name only if it matches; a crash at
   * any instant leaves no name that stands for other bytes. When it resolves, all that is in `placed` is durable.
   * How objects get here from each kind of source is in the table of routes.
   */
  receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt>;

  /** Removes what an interrupted `receive` left behind; to be called before the first of a pass. */
  sweep(options: CallOptions): Promise<void>;

  /** Says that a pass has ended well: what it received need not be doubted after a crash. */
  settle(options: CallOptions): Promise<void>;

  /** Free and total bytes of what it is stored on; undefined where the place does not tell. */
  space(options: CallOptions): Promise<Space | undefined>;

  /** How many lock files there are; asked of a source only. Locks are looked at, never copied (I1). */
  locks(options: CallOptions): Promise<LockFiles>;

  /** What the lock files tell of restic's work; undefined where that would cost a request for each look. */
  lockSigns(options: CallOptions): Promise<LockSigns | undefined>;

  /** What stands at the root, for a diagnosis when it is not a repository. */
  inspect(options: CallOptions): Promise<Inspection>;

  /** Which directory it is, whatever path leads to it; undefined where a place cannot tell. */
  identity(options: CallOptions): Promise<PlaceIdentity | undefined>;

  /** What it is stored on, or would be; undefined where a place cannot tell. Only `backend init` asks for it. */
  disk(options: CallOptions): Promise<Disk | undefined>;

  /** Removes the marker. Only `backend init` does, when it finds that it has marked a source. */
  unmark(options: CallOptions): Promise<void>;

  close(): Promise<void>;
}

/** A source whose objects are plain files on this machine. */
export interface FileSource {
  /** absolute path */
  readonly root: string;

  /**
   * Reads objects and tells which of them match their names, for targets whose bytes do not pass through this process
   * (I5). What was found right and looks unchanged since is not read again, whoever asks.
   */
  verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt>;
}

/** A source whose objects only rclone reaches. */
export interface RemoteSource {
  /** how rclone calls it, ending in a slash */
  readonly remote: string;

  /**
   * Copies objects into an empty directory of this machine, under their paths, for a target that checks and places them
   * itself. What is in `placed` arrived, as the tool says; nothing is hashed.
   */
  fetch(transfer: FetchTransfer, options: FetchOptions): Promise<Fetched>;
}

/** Names of file systems and pools: two places with a name in common are stored together. */
export interface Disk {
  readonly place: readonly string[];
  /** of `/` */
  readonly system: readonly string[];
}

/** Device and inode of a place, as text. Two places that have one in common are one, or share a file. */
export interface PlaceIdentity {
  /** undefined while there is no directory */
  readonly root: string | undefined;
  /** of the directories above it that are there */
  readonly above: readonly string[];
  /** of the file `config`; undefined when there is none */
  readonly config: string | undefined;
}

/** What a location is used for: only a backend is ever written to; what is verified is written by somebody else. */
export type Role = 'source' | 'backend' | 'verified';

/** The only files that are read whole: `config` has no hash, the marker is ours, a key is looked at before it is sent. */
export type SmallFile = WrittenFile | `keys/${string}`;

/** Those of them that are written whole. */
export type WrittenFile = 'config' | '.backup-syncd/backend.json' | OldConfig;

/** A `config` that was replaced, by its SHA-256: it is kept. */
export type OldConfig = `.backup-syncd/config.${string}`;

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /**
   * What of a directory may be remembered. Where directory times can be trusted, they tell whether names are still right;
   * elsewhere names are read. A remote always tells all of the kind.
   */
  readonly care: Care;
  /** sets that are equal to these are answered as these, so that places share their memory */
  readonly like?: Objects;
}

export interface Listing<K extends HashedKind> {
  readonly objects: Objects[K];
  /** temporary and foreign files that were passed over */
  readonly ignored: number;
  readonly refused: readonly string[];
  /** the same as in the last listing of this kind by this location, as long as nothing of what is listed has changed */
  readonly revision: number;
  /** when the directory of the kind last changed, milliseconds since the epoch, where the place tells; never for data */
  readonly changedAt?: number;
}

export interface ObjectStat {
  readonly id: string;
  readonly size: number;
  /** milliseconds since the epoch */
  readonly mtimeMs: number;
  /** when anything about the file last changed, where the place tells */
  readonly ctimeMs?: number;
}

export interface BegunStat {
  /** to be called once */
  stat(kind: HashedKind, ids: readonly string[]): Promise<ObjectStat[]>;
  end(): void;
}

export interface Transfer {
  readonly source: Location;
  readonly kind: HashedKind;
  readonly objects: Catalogue;
}

export interface ReceiveOptions extends CallOptions {
  /** called with what was added since the last call */
  readonly onProgress: (moved: { readonly objects: number; readonly bytes: number }) => void;
  /** rejects with `no_space` rather than leave less than this free, in bytes */
  readonly minFreeBytes: number;
  /** each batch waits for its turn; absent: nothing is shared with others */
  readonly turns?: Turns | undefined;
  /** called when the last batch is about to move: what comes after it may be begun */
  readonly onLastBatch?: () => void;
}

export interface FetchTransfer {
  readonly kind: HashedKind;
  readonly objects: Catalogue;
  /** absolute path, ending in a slash */
  readonly to: string;
}

export type FetchOptions = Pick<ReceiveOptions, 'signal' | 'onProgress' | 'turns'>;

export type Fetched = Omit<Receipt, 'corrupt'>;

export interface CorruptObject {
  readonly id: string;
  readonly message: string;
}

/** What became of each object of a transfer, or of a verification: then `placed` are the good ones. */
export interface Receipt {
  readonly placed: Catalogue;
  /** gone from the source, or changing under the reader: the view is to be taken anew */
  readonly vanished: readonly string[];
  /** content does not match the name, or cannot be read at the source (I5) */
  readonly corrupt: readonly CorruptObject[];
  /** why the rest was not sent though the source has it; what is in `placed` counts all the same */
  readonly failure?: SyncdError;
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface LockFiles {
  readonly count: number;
  /** mtime of the oldest, milliseconds since the epoch */
  readonly oldestAt?: number;
}

export interface LockSigns {
  /** lock files that are there */
  readonly count: number;
  /** mtime of the newest, milliseconds since the epoch */
  readonly newestAt?: number | undefined;
  /** when a lock file last came or went, milliseconds since the epoch; undefined where directory times do not tell */
  readonly changedAt?: number | undefined;
}

export interface Inspection {
  /** the root is not there, is something else, or cannot be entered */
  readonly root: 'directory' | 'missing' | 'not_a_directory';
  /** names at the root, at most a hundred */
  readonly entries: readonly string[];
  /** objects stand there as directories: MinIO's erasure format */
  readonly erasureFormat: boolean;
}
