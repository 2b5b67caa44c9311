import type { FactStore } from '../../facts/fact-store.ts';
import type { Log } from '../../log/log.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { FreshDirectory } from './fresh-directory.ts';

interface Known {
  readonly store: FactStore;
  readonly log: Log;
}

type Clearable = Pick<FreshDirectory, 'path' | 'clearLeftOver'>;

/**
 * Lets one client of this process clear at a time: a directory on a mount that hangs holds a thread of Node, which has only four.
 */
const CLEARING = new Mutex();

/** Records where a check restores to while it runs, because the configuration may differ when a later process starts. */
export async function remembering<T>(
  { store }: Pick<Known, 'store'>,
  { path: restoringIn }: Pick<FreshDirectory, 'path'>,
  restore: () => Promise<T>,
): Promise<T> {
  store.updateSource('restores', { restoringIn });
  store.markForSaving();
  try {
    return await restore();
  } finally {
    forget(store);
  }
}

/**
 * Removes what a killed process left, also if restore checks have another directory now, or are no longer configured. Never rejects.
 *
 * @param configured undefined: no restore checks are
 */
export async function clearLeftOver(
  configured: Clearable | undefined,
  { store, log }: Known,
): Promise<void> {
  const { restoringIn } = store.source.restores;
  const earlier = restoringIn === undefined ? undefined : FreshDirectory.at(restoringIn);
  const isOther = earlier?.path !== configured?.path;
  const all = [configured, ...(isOther ? [earlier] : [])].filter((one) => one !== undefined);
  const areGone = await CLEARING.run(() => Promise.all(all.map((one) => isGone(one, log))));
  if (restoringIn !== undefined && areGone.every(Boolean)) forget(store);
}

async function isGone(directory: Clearable, log: Log): Promise<boolean> {
  try {
    await directory.clearLeftOver();
    return true;
  } catch (error) {
    log.error({ path: directory.path }, `restored files are left over: ${String(error)}`);
    return false;
  }
}

function forget(store: FactStore): void {
  store.updateSource('restores', { restoringIn: undefined });
  store.markForSaving();
}
