import type {
  RetirableKind,
  RetirableObject,
  RetiredFile,
  RetiredObject,
} from '../repository/retired.ts';

interface CallOptions {
  readonly signal: AbortSignal;
}

/** The part of a backend where objects lie that were moved aside (I6). Nothing is ever deleted there, nor by it. */
export interface RetiredPlace {
  /** All that was moved aside, by what lies there; names that make no sense are left out. */
  list(options: CallOptions): Promise<readonly RetiredFile[]>;

  /** SHA-256 of objects in the repository; undefined for what is not there. */
  hashObjects(
    objects: readonly RetirableObject[],
    options: CallOptions,
  ): Promise<readonly (string | undefined)[]>;

  /** The same of objects that were moved aside. */
  hashRetired(
    objects: readonly RetiredObject[],
    options: CallOptions,
  ): Promise<readonly (string | undefined)[]>;

  /** Rejects where files of ours cannot be moved and removed: then no object could be. */
  tryToMove(options: CallOptions): Promise<void>;

  /** What was to be moved aside at a date, as it was written; undefined where there is no list. */
  readList(date: string, options: CallOptions): Promise<string | undefined>;

  /** Writes it, durably. */
  writeList(date: string, text: string, options: CallOptions): Promise<void>;

  /**
   * Moves objects of one kind aside, or back. Where that takes a copy, the copy is proven before the original goes. What is moved
   * already is passed over. When it resolves, all are at the new place, durably, and none at the old one.
   */
  move(move: RetiredMove, options: MoveOptions): Promise<void>;
}

export interface RetiredMove {
  readonly kind: RetirableKind;
  readonly ids: readonly string[];
  readonly date: string;
  readonly to: 'retired' | 'repository';
}

export interface MoveOptions extends CallOptions {
  /** called when all are at the new place, and some may still be at the old one */
  readonly onCopied?: () => void;
}
