import { slice, type Catalogue } from '../../repository/catalogue.ts';
import { cut, type Range } from '../cut.ts';
import { batchLimits, UNSHARED } from '../turns.ts';

/**
 * How objects are cut into batches that become durable together, and batches into messages to the file threads.
 * Large files carry the cost of their own fsync; small ones share one flush of the file system, but only when there are
 * enough of them, because that flush also writes what other processes have left dirty.
 */
const LARGE_FILE_BYTES = 1024 * 1024;
const FEW_FILES = 32;
const BATCH = { files: 2_048, bytes: 512 * 1024 * 1024 };
const MESSAGE = { files: 64, bytes: 64 * 1024 * 1024 };
/** Fewer files are not worth a separate message. */
const LEAST_FILES = 4;

export interface Batch {
  readonly objects: Catalogue;
  readonly bytes: number;
  /** too few or too large files to sync the whole file system */
  readonly syncEach: boolean;
  /** parts of `objects`, by position */
  readonly messages: readonly Range[];
}

export function* planBatches(objects: Catalogue, turns = UNSHARED): IterableIterator<Batch> {
  for (const { start, end } of cut(objects, batchLimits(BATCH, turns))) {
    const part = slice(objects, start, end);
    const { bytes } = part;
    yield {
      objects: part,
      bytes,
      syncEach: part.count <= FEW_FILES || bytes / part.count >= LARGE_FILE_BYTES,
      messages: messagesOf(part),
    };
  }
}

/** How objects are cut into messages to the file threads. */
export function messagesOf(objects: Catalogue): Range[] {
  return [...cut(objects, { ...MESSAGE, files: filesAMessage(objects.count) })];
}

/** A few files are split between two threads, because each waits for the disk. */
function filesAMessage(count: number): number {
  return Math.min(MESSAGE.files, Math.max(LEAST_FILES, Math.ceil(count / 2)));
}
