import { elapsedMs } from '../../../runtime/clock.ts';
import { ContentMemo } from '../../../runtime/content-memo.ts';
import { MountTable, readMountInfo } from '../../../threads/mounts.ts';
import { Lane } from '../../../threads/lane.ts';
import { Thread } from '../../../threads/thread.ts';
import type { FileError } from './protocol.ts';

const CODE = { base: import.meta.url, compiled: './worker.js', source: './worker.ts' } as const;

/** Threads for listing and the like, for each mount; for copying, for each pair of mounts. */
const THREADS = 2;
/** How long the table of mounts is trusted, in milliseconds: a disk may be mounted after the daemon has started. */
const MOUNTS_MS = 5_000;

/** All file threads of the process, in lanes that do not wait for one another. */
export class FilePool {
  private readonly lanes = new Map<string, Lane<FileError>>();
  private readonly spare: Thread<FileError>[] = [];
  private readonly tables = new ContentMemo((text) => new MountTable(text.toString()));
  private mounts = new MountTable('');
  private readAt = -Infinity;

  /** Starts threads before it is known which mounts they will be for: they load while the configuration is read. */
  prepare(threads: number): void {
    for (let i = 0; i < threads; i++) this.spare.push(new Thread(CODE));
  }

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
    const unused = this.spare.splice(0).map((thread) => thread.end());
    await Promise.all([...unused, ...[...this.lanes.values()].map((lane) => lane.close())]);
  }

  private mountOf(path: string): string {
    const now = elapsedMs();
    if (now - this.readAt > MOUNTS_MS) {
      this.mounts = this.tables.of(readMountInfo());
      this.readAt = now;
    }
    return this.mounts.mountOf(path);
  }

  private named(name: string): Lane<FileError> {
    const lane = this.lanes.get(name) ?? new Lane(THREADS, () => this.start());
    this.lanes.set(name, lane);
    return lane;
  }

  private start(): Thread<FileError> {
    const spare = this.spare.splice(0).filter(({ state }) => state.is !== 'ended');
    const thread = spare.pop() ?? new Thread<FileError>(CODE);
    this.spare.push(...spare);
    return thread;
  }
}
