import { slice, type Catalogue } from '../../repository/catalogue.ts';

/**
 * How objects are cut into batches that become durable together, and batches into messages to the file threads.
 * Large files carry the cost of their own fsync; small ones share one flush of the file system, but only when there are
 * enough of them, because that flush also writes what other processes have left dirty.
 */
const LARGE_FILE_BYTES = 1024 * 1024;
const FEW_FILES = 32;
const BATCH = { files: 2_048, bytes: 512 * 1024 * 1024 };
const MESSAGE = { files: 64, bytes: 64 * 1024 * 1024 };
/** Fewer are not worth a message of their own. */
const LEAST_FILES = 4;

export interface Batch {
  readonly objects: Catalogue;
  readonly bytes: number;
  readonly syncEach: boolean;
  /** parts of `objects`, by position */
  readonly messages: readonly Range[];
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Limits {
  readonly files: number;
  readonly bytes: number;
}

export function* planBatches(objects: Catalogue): IterableIterator<Batch> {
  for (const { start, end } of cut(objects, BATCH)) {
    const part = slice(objects, start, end);
    const { bytes } = part;
    yield {
      objects: part,
      bytes,
      syncEach: part.count <= FEW_FILES || bytes / part.count >= LARGE_FILE_BYTES,
      messages: [...cut(part, { ...MESSAGE, files: filesAMessage(part.count) })],
    };
  }
}

/** Few files are shared out between two threads: each waits for the disk by itself. */
function filesAMessage(count: number): number {
  return Math.min(MESSAGE.files, Math.max(LEAST_FILES, Math.ceil(count / 2)));
}

/** Consecutive ranges, each within the limits, or of one file that alone is beyond them. */
export function* cut(objects: Catalogue, limits: Limits): IterableIterator<Range> {
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < objects.count; i++) {
    const size = objects.sizes[i] ?? 0;
    const known = Number.isNaN(size) ? 0 : size;
    if (i > start && (i - start >= limits.files || bytes + known > limits.bytes)) {
      yield { start, end: i };
      start = i;
      bytes = 0;
    }
    bytes += known;
  }
  if (start < objects.count) yield { start, end: objects.count };
}
