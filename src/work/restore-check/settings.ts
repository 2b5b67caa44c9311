import type { Command } from '../script/run-program.ts';

/** `restoreCheck`, in its final form. */
export interface RestoreCheckSettings {
  /** how often one place of the client is checked, in milliseconds; null: only when a person asks */
  readonly everyMs: number | null;
  /** paths in the snapshot, without the leading slash, that must be there */
  readonly require: readonly string[];
  /** how many other files are chosen at random */
  readonly sample: number;
  /** everything is restored */
  readonly isFull: boolean;
  /** where to restore to */
  readonly directory: string;
  /** the most that is restored from one place */
  readonly maxBytes: number;
  /** of each required path, everything below it included */
  readonly minBytes?: number;
  /** how long before the snapshot the newest file of each required path may have been changed, in milliseconds */
  readonly newerThanMs?: number;
  /** the operator's program, which gets the directory with the restored files as its last argument */
  readonly command?: Command;
  readonly commandDeadlineMs: number;
  /** the place to compare the files with; undefined: another directory, if there is one; null: none */
  readonly compareWith?: string | null;
}
