import { join } from 'node:path';
import type { OwnFiles } from '../files/own-files.ts';
import { isAborted } from '../runtime/abort.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { CLIENT_FOLDER } from './parse.ts';
import { readFiles, type ReadResult } from './read-files.ts';

export interface WatchOptions {
  readonly files: OwnFiles;
  /** adds what does not come from the files, after these have settled */
  readonly complete?: (read: ReadResult) => Promise<ReadResult>;
  /** called with the files at first, and whenever they change; never called concurrently */
  readonly onChange: (read: ReadResult) => Promise<void> | void;
  /** gets a function that forces a reload */
  readonly onReady?: (ring: () => void) => void;
  /** how often to look, in milliseconds */
  readonly pollMs?: number;
  /** how long all files must stay unchanged, so that no half-written one is used, in milliseconds */
  readonly settleMs?: number;
  /** how often to read all files even if nothing seems to have changed, in milliseconds */
  readonly rereadMs?: number;
  /** milliseconds by a clock that is never set */
  readonly elapsed?: () => number;
  readonly signal: AbortSignal;
}

/** After this many reads that all differ, the last one is used, because something writes without a pause. */
const MOST_READS = 25;

/**
 * Calls `onChange` whenever files of a configuration directory change. It polls, which works on every file system, with
 * directories that are exchanged and with links. Resolves when the signal aborts; rejects only with what `onChange` throws.
 */
export async function watchConfig(directory: string, options: WatchOptions): Promise<void> {
  const {
    files,
    onChange,
    pollMs = 2_000,
    rereadMs = 60_000,
    elapsed = elapsedMs,
    signal,
  } = options;
  const directories = [directory, join(directory, CLIENT_FOLDER)];
  let known: string | undefined;
  let used: string | undefined;
  let settled: ReadResult | undefined;
  let readAt = -Infinity;
  const wakeup = new Wakeup();
  options.onReady?.(() => wakeup.demand());
  while (!signal.aborted) {
    // undefined: the file system does not respond
    const stamps = await files.call('stamps', { directories }).catch(() => undefined);
    const isDue = elapsed() - readAt > rereadMs;
    const isDemanded = wakeup.takeDemand();
    if (isDue || isDemanded || stamps !== known) {
      settled = await readSettled(directory, options, settled);
      const read = await completed(settled, options);
      if (isAborted(signal)) return;
      [known, readAt] = [stamps, elapsed()];
      const text = JSON.stringify(read);
      if (isDemanded || text !== used) await onChange(read);
      used = text;
    }
    await wakeup.waitUpTo(pollMs, signal);
  }
}

async function completed(read: ReadResult, { complete }: WatchOptions): Promise<ReadResult> {
  return complete === undefined ? read : complete(read);
}

/** Returns the files once two reads some time apart are identical, or if they are as they were when they last settled. */
async function readSettled(
  directory: string,
  options: WatchOptions,
  last: ReadResult | undefined,
): Promise<ReadResult> {
  const { files, settleMs = 1_000, signal } = options;
  let read = await readFiles(directory, files);
  let before = JSON.stringify(last);
  for (let n = 1; n < MOST_READS && !isAborted(signal); n++) {
    const text = JSON.stringify(read);
    if (text === before) break;
    before = text;
    await new Wakeup().waitUpTo(settleMs, signal);
    read = await readFiles(directory, files);
  }
  return read;
}
