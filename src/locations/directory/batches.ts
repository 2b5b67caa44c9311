import type { Catalogue } from '../../repository/catalogue.ts';
import { batchesOf } from '../batches-of.ts';

/** The number of files that become durable together. */
export const BATCH_FILES = 2_048;
const LARGE_FILE_BYTES = 1024 * 1024;
const FEW_FILES = 32;
const MESSAGE = { files: 64, bytes: 64 * 1024 * 1024 };

/**
 * Whether each file is synced by itself. Large files carry the cost of their own fsync; small ones share one flush of the file
 * system, but only when there are enough of them, because that flush also writes what other processes have left dirty.
 */
export function syncsEach({ count, bytes }: Catalogue): boolean {
  return count <= FEW_FILES || bytes / count >= LARGE_FILE_BYTES;
}

/** How objects are cut into messages to the file threads. */
export function messagesOf(objects: Catalogue): Catalogue[] {
  return [...batchesOf(objects, MESSAGE.files, { batchBytes: MESSAGE.bytes })];
}
