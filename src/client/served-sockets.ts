import type { OwnFiles } from '../files/own-files.ts';
import { elapsedMs } from '../runtime/clock.ts';

/** How long an answer is good for, in milliseconds: less than a unit waits between two checks. */
const FRESH_MS = 2_000;

/**
 * The control sockets of a daemon that are still in place. All its units ask every few seconds, and share an answer, because each
 * call wakes a thread: with 200 clients, that alone would take one percent of a core.
 */
export class ServedSockets {
  private readonly directory: string;
  private readonly files: OwnFiles;
  private latest: { readonly at: number; readonly paths: Promise<readonly string[]> } | undefined;

  /** @param directory the runtime directory */
  constructor(directory: string, files: OwnFiles) {
    this.directory = directory;
    this.files = files;
  }

  async has(path: string): Promise<boolean> {
    const now = elapsedMs();
    if (this.latest === undefined || now - this.latest.at > FRESH_MS)
      this.latest = { at: now, paths: this.list() };
    return (await this.latest.paths).includes(path);
  }

  private list(): Promise<readonly string[]> {
    return this.files.call('servedSockets', { directory: this.directory });
  }
}
