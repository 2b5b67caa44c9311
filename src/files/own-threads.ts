import { mountOf, readMounts } from '../runtime/mounts.ts';
import type { OwnFiles } from './own-files.ts';
import { ThreadedFiles } from './threaded-files.ts';

/** The threads for all own directories of a process: one for each mount, because what is on a mount hangs together. */
export class OwnThreads {
  private readonly threads = new Map<string, ThreadedFiles>();
  /** by directory: each keeps its thread, which has its sockets, even if something else is mounted there later */
  private readonly known = new Map<string, OwnFiles>();

  of(directory: string): OwnFiles {
    const files = this.known.get(directory) ?? this.on(mountOf(directory, readMounts()));
    this.known.set(directory, files);
    return files;
  }

  private on(mount: string): OwnFiles {
    const files = this.threads.get(mount) ?? new ThreadedFiles(mount);
    this.threads.set(mount, files);
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
