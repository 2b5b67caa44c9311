import { elapsedMs } from '../../../runtime/clock.ts';
import { mountOf, readMounts, type Mount } from '../../../runtime/mounts.ts';
import { Lane } from '../../../threads/lane.ts';
import { Thread } from '../../../threads/thread.ts';
import type { FileError } from './file-call-error.ts';

const CODE = { base: import.meta.url, compiled: './worker.js', source: './worker.ts' } as const;

/** Threads for listing and the like, for each mount; for copying, for each pair of mounts. */
const THREADS = 2;
/** How long the table of mounts is trusted, in milliseconds: a disk may be mounted after the daemon has started. */
const MOUNTS_MS = 5_000;

/** All file threads of the process, in lanes that do not wait for one another. */
export class FilePool {
  private readonly lanes = new Map<string, Lane<FileError>>();
  private mounts: readonly Mount[] = [];
  private readAt = -Infinity;

  /** The lane for calls that touch one path. */
  lane(path: string): Lane<FileError> {
    return this.named(this.mountOf(path));
  }

  /** The lane for copies between two paths: if either's mount hangs, only copies between these two wait. */
  copyLane(from: string, to: string): Lane<FileError> {
    const [source, target] = [this.mountOf(from), this.mountOf(to)];
    return this.named(source === target ? target : `${source} to ${target}`);
  }

  /** A thread that hangs in a system call keeps the process from ending normally. */
  get hasStuckThread(): boolean {
    return [...this.lanes.values()].some((lane) => lane.hasStuckThread);
  }

  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
  }

  private mountOf(path: string): string {
    const now = elapsedMs();
    if (now - this.readAt > MOUNTS_MS) {
      this.mounts = readMounts();
      this.readAt = now;
    }
    return mountOf(path, this.mounts);
  }

  private named(name: string): Lane<FileError> {
    const lane = this.lanes.get(name) ?? new Lane(THREADS, () => new Thread<FileError>(CODE));
    this.lanes.set(name, lane);
    return lane;
  }
}
