import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SyncDaemon } from './syncd.ts';
import { waitFor } from './temp.ts';

/** Names of the files below a repository in the order in which restic writes those of a backup. */
function objectsOf(repository: string): string[] {
  return ['data', 'index', 'snapshots'].flatMap((kind) =>
    readdirSync(join(repository, kind), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1)),
  );
}

/**
 * Brings the newest backup of one repository into a copy of it, as its restic wrote it: whole objects by renames, the
 * snapshot last. Fifty runs of restic would take a minute of two cores, for the key alone.
 */
export function plantBackup(from: string, to: string): void {
  const there = new Set(objectsOf(to));
  for (const path of objectsOf(from).filter((each) => !there.has(each))) {
    const temporary = join(to, `${path}-tmp-plant`);
    mkdirSync(dirname(temporary), { recursive: true });
    writeFileSync(temporary, readFileSync(join(from, path)), { mode: 0o400 });
    renameSync(temporary, join(to, path));
  }
}

/** Initialises a backend like one that `backend init` has made. */
export function initLike(model: string, directory: string, client: string): void {
  const marker = JSON.parse(
    readFileSync(join(model, '.backup-syncd/backend.json'), 'utf8'),
  ) as object;
  mkdirSync(join(directory, '.backup-syncd'), { recursive: true, mode: 0o700 });
  const own = { ...marker, client, id: randomUUID() };
  writeFileSync(join(directory, '.backup-syncd/backend.json'), JSON.stringify(own));
}

/** Waits until these backends of each client are as `isComplete` says. */
export async function untilAll(
  daemon: SyncDaemon,
  wanted: ReadonlyMap<string, readonly string[]>,
  isComplete: (newest: string | undefined, missing: number | undefined) => boolean,
): Promise<void> {
  await waitFor(
    async () => {
      const clients = await daemon.clients();
      const left = [...wanted].filter(([name, backends]) => {
        const found = clients.find(({ client }) => client === name)?.backends;
        return backends.some((backend) => {
          const state = found?.find((each) => each.backend === backend);
          return !isComplete(state?.latestSnapshotId, state?.missing?.length);
        });
      });
      if (left.length > 0) throw new Error(`not yet: ${left.map(([name]) => name).join(' ')}`);
      return true;
    },
    { what: 'all of them', timeoutMs: 300_000, intervalMs: 500 },
  );
}
