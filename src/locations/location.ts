import type { Catalogue } from '../repository/catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';
import type { Foreign } from '../repository/strays.ts';
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
  /** the kind of place, which selects the route in the table of routes */
  readonly kind: string;
  /** for people: the path or the remote's name */
  readonly label: string;
  /** the objects that a person moved aside; only a backend has any */
  readonly retired: RetiredPlace;

  /**
   * Lists the objects of one kind. Names that restic would not accept are counted, never listed; symlinks and other
   * non-regular files under an object's name are named in `refused`, never followed.
   * A missing directory of the kind lists as empty; a missing location rejects.
   */
  list<K extends HashedKind>(kind: K, options: ListOptions): Promise<Listing<K>>;

  /** The current sizes and times of objects; missing ones are absent from the result. */
  stat(kind: HashedKind, ids: readonly string[], options: CallOptions): Promise<ObjectStat[]>;

  /** The content of a small file below the root; undefined if it does not exist. Rejects above 16 MiB. */
  read(path: SmallFile, options: CallOptions): Promise<Buffer | undefined>;

  /** Replaces a small file below the root, atomically and durably. */
  write(path: WrittenFile, content: Buffer, options: CallOptions): Promise<void>;

  /**
   * Copies objects from a source. Each is hashed while it is copied, and placed under its name only if it matches; a crash at any
   * moment leaves no name that stands for other bytes. When it resolves, everything in `placed` is durable. How objects get here
   * from each kind of source is in the table of routes.
   */
  receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt>;

  /**
   * Reads objects and returns which of them match their names (I5). A directory does not read an object again that matched and looks
   * unchanged, for any caller. At a remote, it costs a download.
   */
  verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt>;

  /** Removes what an interrupted `receive` left behind. Call it before the first one of a pass. */
  sweep(options: CallOptions): Promise<void>;

  /** Records that a pass finished, so that what it received need not be checked after a crash. */
  settle(options: CallOptions): Promise<void>;

  /** Free and total bytes of its storage; undefined if the place does not report them. */
  space(options: CallOptions): Promise<Space | undefined>;

  /** The lock files of a source; undefined if they would cost a request per check. They are read, never copied (I1). */
  locks(options: CallOptions): Promise<LockFiles | undefined>;

  /**
   * The files at the root and in `data/` that belong to neither restic nor us; without the care `full`, as they were last found.
   */
  beside(options: ListOptions): Promise<Foreign>;

  /** The entries at the root, for a diagnosis when it is not a repository. */
  inspect(options: CallOptions): Promise<Inspection>;

  /** The identity of the directory, regardless of its path; undefined if the place has none. */
  identity(options: CallOptions): Promise<PlaceIdentity | undefined>;

  /** The disk that it is or would be on; undefined if unknown. Only `backend init` uses it. */
  disk(options: CallOptions): Promise<Disk | undefined>;

  /** Removes the marker. Only `backend init` uses it, if it finds that it has marked a source. */
  unmark(options: CallOptions): Promise<void>;

  close(): Promise<void>;
}

/** A source whose objects are plain files on this machine. */
export interface FileSource {
  /** absolute path */
  readonly root: string;
}

/** A source that only rclone can reach. */
export interface RemoteSource {
  /** its rclone path, ending in a slash */
  readonly remote: string;

  /**
   * Copies objects to an empty directory on this machine, under their paths, for a target that checks and places them itself.
   * `placed` is what the tool reports; nothing is hashed.
   */
  fetch(transfer: FetchTransfer, options: FetchOptions): Promise<Fetched>;
}

/** Names of file systems and pools: two places with a name in common are stored together. */
export interface Disk {
  readonly place: readonly string[];
  /** of `/` */
  readonly system: readonly string[];
}

/** Device and inode of a place, as text. Two places with one in common are the same, or share a file. */
export interface PlaceIdentity {
  /** undefined while there is no directory */
  readonly root: string | undefined;
  /** of its existing parent directories */
  readonly above: readonly string[];
  /** of the file `config`; undefined if there is none */
  readonly config: string | undefined;
}

/** The role of a location: backup-syncd writes only to backends; another program writes to a verified place. */
export type Role = 'source' | 'backend' | 'verified';

/** The only files that are read completely: `config` has no hash, the marker is ours, a key is checked before it is sent. */
export type SmallFile = WrittenFile | `keys/${string}`;

/** Those of them that are written completely. */
export type WrittenFile = 'config' | '.backup-syncd/backend.json' | OldConfig;

/** A replaced `config`, saved by its SHA-256. */
export type OldConfig = `.backup-syncd/config.${string}`;

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /**
   * How much of a directory may come from memory. If directory times are reliable, they show whether names are still right;
   * otherwise names are read. A remote always lists the whole kind.
   */
  readonly care: Care;
  /** sets equal to these are returned as these, so that places share their memory */
  readonly like?: Objects;
}

export interface Listing<K extends HashedKind> {
  readonly objects: Objects[K];
  /** temporary and unrelated files that were skipped */
  readonly ignored: number;
  /** the unrelated ones among them */
  readonly foreign: Foreign;
  readonly refused: readonly string[];
  /** the same as in the last listing of this kind by this location, as long as nothing of what is listed has changed */
  readonly revision: number;
  /** when the directory of the kind last changed, milliseconds since the epoch, if the place reports it; never for data */
  readonly changedAt?: number;
}

export interface ObjectStat {
  readonly id: string;
  readonly size: number;
  /** milliseconds since the epoch */
  readonly mtimeMs: number;
  /** when anything about the file last changed, if the place reports it */
  readonly ctimeMs?: number;
}

export interface Transfer {
  readonly source: Location;
  readonly kind: HashedKind;
  readonly objects: Catalogue;
  /** those that are or were at the target under their names: only content that matches may take their place (I5); absent: none */
  readonly replaced?: Catalogue;
}

export interface ReceiveOptions extends CallOptions {
  /** called with what was added since the last call */
  readonly onProgress: (moved: { readonly objects: number; readonly bytes: number }) => void;
  /** rejects with `no_space` rather than leave less than this free, in bytes */
  readonly minFreeBytes: number;
  /** each batch waits for its turn; absent: nothing is shared with others */
  readonly turns?: Turns | undefined;
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

/** The result for each object of a transfer, or of a verification, where `placed` are the good ones. */
export interface Receipt {
  readonly placed: Catalogue;
  /** gone from the source, or changing while it is read: the view must be taken again */
  readonly vanished: readonly string[];
  /** content does not match the name, or cannot be read at the source (I5) */
  readonly corrupt: readonly CorruptObject[];
  /** why the rest was not sent although the source has it; `placed` still counts */
  readonly failure?: SyncdError;
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface LockFiles {
  readonly count: number;
  /** mtimes of the oldest and the newest, milliseconds since the epoch */
  readonly oldestAt?: number | undefined;
  readonly newestAt?: number | undefined;
  /** when a lock file last appeared or left, milliseconds since the epoch; undefined if directory times are not reliable */
  readonly changedAt?: number | undefined;
}

export interface Inspection {
  /** the root does not exist, is not a directory, or cannot be entered */
  readonly root: 'directory' | 'missing' | 'not_a_directory';
  /** names at the root, at most a hundred */
  readonly entries: readonly string[];
  /** objects are directories: MinIO's erasure format */
  readonly erasureFormat: boolean;
}
