import { Lane } from './lane.ts';

/** Threads for listing and the like, for each mount; for copying, for each pair of mounts. */
const THREADS = 2;

/** All file threads of the process, in lanes that do not wait for one another. */
export class FilePool {
  private readonly lanes = new Map<string, Lane>();

  /** The lane for calls that touch one mount. */
  lane(mount: string): Lane {
    return this.named(mount);
  }

  /** The lane for copies between two mounts: if either hangs, only copies between these two wait. */
  copyLane(from: string, to: string): Lane {
    return this.named(`${to} (or ${from})`);
  }

  /** A thread that hangs in a system call keeps the process from ending normally. */
  get hasStuckThread(): boolean {
    return [...this.lanes.values()].some((lane) => lane.hasStuckThread);
  }

  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
  }

  private named(name: string): Lane {
    const lane = this.lanes.get(name) ?? new Lane(name, THREADS);
    this.lanes.set(name, lane);
    return lane;
  }
}
