import type {
  RetirableKind,
  RetirableObject,
  RetiredFile,
  RetiredObject,
} from '../repository/retired.ts';

interface CallOptions {
  readonly signal: AbortSignal;
}

/** The part of a backend with the objects that were moved aside (I6). Nothing is ever deleted there. */
export interface RetiredPlace {
  /** Lists everything that was moved aside. Names that are not exactly those of objects are left out. */
  list(options: CallOptions): Promise<readonly RetiredFile[]>;

  /** SHA-256 of objects in the repository; undefined for what is not there. */
  hashObjects(
    objects: readonly RetirableObject[],
    options: CallOptions,
  ): Promise<readonly (string | undefined)[]>;

  /** Hashes objects that were moved aside. */
  hashRetired(
    objects: readonly RetiredObject[],
    options: CallOptions,
  ): Promise<readonly (string | undefined)[]>;

  /** Rejects where a file of ours cannot be moved and removed, or where objects of these kinds cannot be: before the first move. */
  tryToMove(options: TrialOptions): Promise<void>;

  /** The list of objects to move aside of a date, as written; undefined if there is none. */
  readList(date: string, options: CallOptions): Promise<string | undefined>;

  /** Writes it durably. */
  writeList(date: string, text: string, options: CallOptions): Promise<void>;

  /**
   * Moves objects of one kind aside, or back. If that requires a copy, the copy is proven before the original is deleted. Objects
   * that were moved before are skipped. When it resolves, all are durably at the new place, and none at the old one. A file that
   * is already at the new place is replaced only by content that matches its name.
   */
  move(move: RetiredMove, options: MoveOptions): Promise<void>;
}

export interface TrialOptions extends CallOptions {
  readonly kinds: readonly RetirableKind[];
}

export interface RetiredMove {
  readonly kind: RetirableKind;
  readonly ids: readonly string[];
  readonly date: string;
  readonly to: 'retired' | 'repository';
}

export interface MoveOptions extends CallOptions {
  /** called when all are at the new place and some may still be at the old one as well */
  readonly onCopied?: () => void;
}
