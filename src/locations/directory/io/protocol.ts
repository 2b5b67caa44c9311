/**
 * What is said between the daemon and its file threads. All file-system calls on repositories are made synchronously in
 * these threads, because a call that hangs on a dead mount then holds a thread of that mount and nothing else (I9).
 */

import type { Foreign } from '../../../repository/strays.ts';
import type { HashedKind } from '../../../repository/names.ts';
import type { RetirableKind, RetiredFile } from '../../../repository/retired.ts';
import type { Outcome as ThreadOutcome } from '../../../threads/thread.ts';
import type { Refusal } from '../../../runtime/refusal.ts';
import type { Disk, LockFiles } from '../../location.ts';
import type { RetiredMove } from '../../retired-place.ts';

export interface Operations {
  /** several small calls in one message: what is asked at the same time costs one round trip */
  several: (args: { readonly calls: readonly SmallCall[] }) => Outcome[];
  /** the numbers of STAMP for each directory of a kind */
  stamps: (args: { readonly root: string; readonly kind: HashedKind }) => Float64Array;
  list: (args: ListArgs) => ListedDirectories;
  stat: (args: Paths) => (FileStat | null)[];
  locks: (args: { readonly root: string }) => LockFiles;
  inspect: (args: { readonly root: string }) => RootInspection;
  disk: (args: { readonly root: string }) => Disk;
  identity: (args: { readonly root: string }) => RootIdentity;
  read: (args: Entry & { readonly maxBytes: number }) => Uint8Array | null;
  write: (args: Entry & { readonly content: Uint8Array }) => null;
  copy: (args: CopyArgs) => CopiedObject[];
  place: (args: PlaceArgs) => PlaceResult;
  verify: (args: Paths) => (string | null)[];
  groupReadable: (args: Paths) => boolean[];
  stage: (args: Entry) => null;
  unstage: (args: Entry) => null;
  admit: (args: AdmitArgs) => CopiedObject[];
  append: (args: Entry & { readonly text: string }) => null;
  remove: (args: Paths) => null;
  sweep: (args: { readonly root: string }) => number;
  syncNames: (args: { readonly root: string }) => boolean;
  fileSystem: (args: Entry) => FileSystem;
  listRetired: (args: { readonly root: string }) => RetiredFile[];
  tryToRetire: (args: { readonly root: string; readonly kinds: readonly RetirableKind[] }) => null;
  writeRetiredList: (args: {
    readonly root: string;
    readonly date: string;
    readonly text: string;
  }) => null;
  moveRetired: (args: RetiredMove & { readonly root: string }) => PlaceResult;
  space: (args: { readonly root: string }) => { freeBytes: number; totalBytes: number };
}
export type OperationName = keyof Operations;
export type Args<N extends OperationName> = Parameters<Operations[N]>[0];
export type Result<N extends OperationName> = ReturnType<Operations[N]>;

/** What asks little and changes nothing. */
export type SmallOperation =
  'stamps' | 'locks' | 'stat' | 'read' | 'space' | 'groupReadable' | 'fileSystem';

export interface SmallCall {
  readonly operation: SmallOperation;
  readonly args: unknown;
}

export type Outcome = ThreadOutcome<FileError>;

/** One entry of a place; like all paths in these messages, its path is relative to the root. */
interface Entry {
  readonly root: string;
  readonly path: string;
}

interface Paths {
  readonly root: string;
  readonly paths: readonly string[];
}

export interface ListArgs {
  readonly root: string;
  readonly directories: readonly DirectoryToList[];
}

export interface DirectoryToList {
  readonly path: string;
  /** first digits that ids in it must have */
  readonly prefix: string;
  /** whether to look at each file for its size; else names only */
  readonly sizes: boolean;
}

/** Directories as they were found: their ids, sorted and 32 bytes each, in one piece that costs nothing to hand over. */
export interface ListedDirectories {
  /** of each, taken before it was read: see STAMP */
  readonly stamps: Float64Array;
  readonly directories: readonly ListedDirectory[];
  readonly ids: Uint8Array;
  /** NaN where it was not asked for */
  readonly sizes: Float64Array;
}

export interface ListedDirectory {
  /** how many of the ids are in it */
  readonly count: number;
  readonly ignored: number;
  readonly foreign: Foreign;
  readonly refused: readonly string[];
}

export interface FileStat {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly regular: boolean;
}

export interface FileSystem {
  /** its number, as stat(2) tells it */
  readonly device: number;
  /** one `syncfs` makes everything durable, and says what it could not write */
  readonly syncsAsAWhole: boolean;
}

/** Device and inode, as text. */
export interface RootIdentity {
  readonly root: string | undefined;
  readonly above: readonly string[];
  readonly config: string | undefined;
}

export interface RootInspection {
  readonly root: 'directory' | 'missing' | 'not_a_directory';
  readonly entries: readonly string[];
  readonly erasureFormat: boolean;
}

export interface CopyArgs {
  readonly sourceRoot: string;
  readonly targetRoot: string;
  readonly directory: 'data' | 'keys' | 'index' | 'snapshots';
  readonly ids: Uint8Array;
  readonly sizes: Float64Array;
  /** distinguishes the temporary names of one call from those of every other */
  readonly temporaryPrefix: string;
  readonly fileMode: number;
  /** make each file durable by itself; else the caller syncs the file system before it places them */
  readonly syncEach: boolean;
}

export interface AdmitArgs {
  readonly root: string;
  readonly stage: string;
  readonly directory: CopyArgs['directory'];
  readonly ids: Uint8Array;
  readonly sizes: Float64Array;
  readonly fileMode: number;
  readonly syncEach: boolean;
}

/** What became of one object, in the order of the ids; a temporary file by its path below the target's root. */
export type CopiedObject =
  | { readonly outcome: 'copied'; readonly temporary: string; readonly size: number }
  | { readonly outcome: 'vanished' }
  | { readonly outcome: 'corrupt'; readonly message: string };

export interface PlaceArgs {
  readonly root: string;
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly directoryMode: number;
}

export interface PlaceResult {
  /** false: this file system refuses to sync a directory */
  readonly directoriesSynced: boolean;
}

/** An error of the file system, as it crosses the thread boundary. */
export interface FileError {
  readonly message: string;
  readonly code: string;
  readonly path: string;
  /** on which side of a copy it happened */
  readonly side: 'source' | 'target';
  /** of a permission: what refused it; absent when that could not be found */
  readonly refusal?: Refusal | undefined;
}

export interface Request {
  readonly operation: OperationName;
  readonly args: unknown;
}
