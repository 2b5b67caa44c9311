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

  /** Ends all threads; returns whether they have ended. */
  async close(): Promise<boolean> {
    const closed = await Promise.all([...this.threads.values()].map((files) => files.close()));
    return closed.every(Boolean);
  }
}
