import type { OwnFiles } from './own-files.ts';
import { ThreadedFiles } from './threaded-files.ts';

/** The threads for all own directories of a process. A directory inside another shares its thread. */
export class OwnThreads {
  private readonly threads = new Map<string, ThreadedFiles>();

  of(directory: string): OwnFiles {
    for (const [outer, files] of this.threads)
      if (`${directory}/`.startsWith(`${outer}/`)) return files;
    const files = new ThreadedFiles(directory);
    this.threads.set(directory, files);
    return files;
  }

  /** A thread that hangs in a system call keeps the process from exiting normally. */
  get hasStuckThread(): boolean {
    return [...this.threads.values()].some(({ isStuck }) => isStuck);
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads.values()].map((files) => files.close()));
  }
}
