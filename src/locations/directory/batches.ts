import type { Catalogue } from '../../repository/catalogue.ts';
import { batchesOf } from '../batches-of.ts';

/** The number of files that become durable together. */
export const BATCH_FILES = 2_048;
const LARGE_FILE_BYTES = 1024 * 1024;
const FEW_FILES = 32;
const MESSAGE_FILES = 64;
const MESSAGE_BYTES = 64 * 1024 * 1024;
/** Fewer files are not worth a separate message. */
const LEAST_FILES = 4;

/**
 * Whether each file is synced by itself. Large files carry the cost of their own fsync; small ones share one flush of the file
 * system, but only when there are enough of them, because that flush also writes what other processes have left dirty.
 */
export function syncsEach({ count, bytes }: Catalogue): boolean {
  return count <= FEW_FILES || bytes / count >= LARGE_FILE_BYTES;
}

/** How objects are cut into messages to the file threads. A few files are split between two threads, as each waits for the disk. */
export function messagesOf(objects: Catalogue): Catalogue[] {
  const half = Math.max(LEAST_FILES, Math.ceil(objects.count / 2));
  return [...batchesOf(objects, Math.min(MESSAGE_FILES, half), { batchBytes: MESSAGE_BYTES })];
}
