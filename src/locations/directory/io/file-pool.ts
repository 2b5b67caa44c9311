import { elapsedMs } from '../../../runtime/clock.ts';
import { mountOf, readMounts, type Mount } from '../../../runtime/mounts.ts';
import { ThreadPool } from '../../../threads/thread-pool.ts';
import { Thread } from '../../../threads/thread.ts';
import type { FileError } from './file-call-error.ts';

const CODE = { base: import.meta.url, compiled: './worker.js', source: './worker.ts' } as const;

/** Threads for listing and the like, for each mount; for copying, for each pair of mounts. */
const THREADS = 2;
/** How long the table of mounts is trusted, in milliseconds: a disk may be mounted after the daemon has started. */
const MOUNTS_MS = 5_000;

/** All file threads of the process, in pools that do not wait for one another. */
export class FilePool {
  private readonly pools = new Map<string, ThreadPool<FileError>>();
  private mounts: readonly Mount[] = [];
  private readAt = -Infinity;

  /** The pool for calls that touch one path. */
  threadsAt(path: string): ThreadPool<FileError> {
    return this.named(this.mountOf(path));
  }

  /** The pool for copies between two paths: if either's mount hangs, only copies between these two wait. */
  threadsForCopy(from: string, to: string): ThreadPool<FileError> {
    const [source, target] = [this.mountOf(from), this.mountOf(to)];
    return this.named(source === target ? target : `${source} to ${target}`);
  }

  /** Ends all threads; returns whether they have ended. */
  async close(): Promise<boolean> {
    const closed = await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    return closed.every(Boolean);
  }

  private mountOf(path: string): string {
    const now = elapsedMs();
    if (now - this.readAt > MOUNTS_MS) {
      this.mounts = readMounts();
      this.readAt = now;
    }
    return mountOf(path, this.mounts);
  }

  private named(name: string): ThreadPool<FileError> {
    const pool = this.pools.get(name) ?? new ThreadPool(THREADS, () => new Thread<FileError>(CODE));
    this.pools.set(name, pool);
    return pool;
  }
}
