import { ContentMemo } from '../../../runtime/content-memo.ts';
import { MountTable, readMountInfo } from '../mounts.ts';
import { FileThread } from './file-thread.ts';
import { Lane } from './lane.ts';

/** Threads for listing and the like, for each mount; for copying, for each pair of mounts. */
const THREADS = 2;
/** How long the table of mounts is trusted, in milliseconds: a disk may be mounted after the daemon has started. */
const MOUNTS_MS = 1_000;

/** All file threads of the process, in lanes that do not wait for one another. */
export class FilePool {
  private readonly lanes = new Map<string, Lane>();
  private readonly spare: FileThread[] = [];
  private readonly tables = new ContentMemo((text) => new MountTable(text.toString()));
  private mounts = new MountTable('');
  private readAt = -Infinity;

  /** Starts threads before it is known which mounts they will be for: they load while the configuration is read. */
  prepare(threads: number): void {
    for (let i = 0; i < threads; i++) {
      const thread = new FileThread();
      thread.onExit = () => {
        if (this.spare.includes(thread)) this.spare.splice(this.spare.indexOf(thread), 1);
      };
      this.spare.push(thread);
    }
  }

  /** The lane for calls that touch one path. */
  lane(path: string): Lane {
    return this.named(this.mountOf(path));
  }

  /** The lane for copies between two paths: if either's mount hangs, only copies between these two wait. */
  copyLane(from: string, to: string): Lane {
    const [source, target] = [this.mountOf(from), this.mountOf(to)];
    return this.named(source === target ? target : `${source} to ${target}`);
  }

  /** A thread that hangs in a system call keeps the process from ending normally. */
  get hasStuckThread(): boolean {
    return [...this.lanes.values()].some((lane) => lane.hasStuckThread);
  }

  async close(): Promise<void> {
    const unused = this.spare.splice(0).map((thread) => thread.end());
    await Promise.all([...unused, ...[...this.lanes.values()].map((lane) => lane.close())]);
  }

  private mountOf(path: string): string {
    const now = performance.now();
    if (now - this.readAt > MOUNTS_MS) {
      this.mounts = this.tables.of(readMountInfo());
      this.readAt = now;
    }
    return this.mounts.mountOf(path);
  }

  private named(name: string): Lane {
    const lane =
      this.lanes.get(name) ?? new Lane(THREADS, () => this.spare.pop() ?? new FileThread());
    this.lanes.set(name, lane);
    return lane;
  }
}
