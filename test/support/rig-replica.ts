import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RcloneControl } from './rclone-control.ts';
import { temporaryDirectory } from './temp.ts';

const OURS = '.backup-syncd';

/** A replica as a test gets at it, past the program. */
export interface RigReplica {
  /** Makes it what it was when it was made, and puts objects of the source there. */
  reset(source: string, objects: readonly string[]): void | Promise<void>;
  /** A directory with all that is there now; look once, and examine that. */
  open(): string | Promise<string>;
}

/** One whose files are plain ones of this machine. */
export function replicaOnDisk(directory: string, refresh?: () => Promise<void>): RigReplica {
  const marker = join(temporaryDirectory(), 'marker');
  cpSync(join(directory, OURS), marker, { recursive: true });
  return {
    async reset(source, objects) {
      rmSync(directory, { recursive: true, force: true });
      fill(directory, { marker, source, objects });
      await refresh?.();
    },
    open: () => directory,
  };
}

/** One that can only be read by rclone: encrypted, or in a store of its own format. */
export async function replicaThroughRclone(
  rclone: RcloneControl,
  remote: string,
): Promise<RigReplica> {
  const desk = temporaryDirectory();
  const [marker, plain] = [join(desk, 'marker'), join(desk, 'plain')];
  await rclone.mirror(`${remote}/${OURS}`, marker);
  return {
    async reset(source, objects) {
      rmSync(plain, { recursive: true, force: true });
      fill(plain, { marker, source, objects });
      await rclone.mirror(plain, remote);
    },
    async open() {
      await rclone.mirror(remote, plain);
      return plain;
    },
  };
}

function fill(
  directory: string,
  what: {
    readonly marker: string;
    readonly source: string;
    readonly objects: readonly string[];
  },
): void {
  cpSync(what.marker, join(directory, OURS), { recursive: true });
  for (const object of what.objects) {
    const file = join(directory, object);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    copyFileSync(join(what.source, object), file);
  }
}
