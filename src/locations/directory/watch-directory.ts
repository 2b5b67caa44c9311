import { watch, type FSWatcher } from 'node:fs';
import { isObjectId } from '../../repository/names.ts';
import { elapsedMs } from '../../runtime/clock.ts';

/** How often to re-arm at least, in milliseconds: a recreated directory leaves a dead watch without an error. */
const REARM_MS = 10 * 60_000;

export interface DirectoryWatch {
  /** call it after each successful check, when the mount responds, so that this cannot hang */
  arm(): void;
  close(): void;
}

/**
 * Watches one directory, with a single inotify watch, and calls `onChange` with the name when an object appears or leaves. This is
 * only a hint: events are lost on overflow and over the network, so polling continues. If watching is not possible, `onFailure` is
 * called once.
 */
export function watchDirectory(
  path: string,
  onChange: (name?: string) => void,
  onFailure: (message: string) => void,
): DirectoryWatch {
  let watcher: FSWatcher | undefined;
  let armedAt = -Infinity;
  let hasFailed = false;

  function close(): void {
    watcher?.close();
    watcher = undefined;
  }

  function fail(error: unknown): void {
    close();
    if (!hasFailed) onFailure((error as Error).message);
    hasFailed = true;
  }

  function arm(): void {
    const now = elapsedMs();
    if (watcher !== undefined && now - armedAt < REARM_MS) return;
    close();
    armedAt = now;
    try {
      watcher = watch(path, { persistent: false }, (event, name) => {
        if (name === null) onChange();
        else if (isObjectId(name)) onChange(event === 'rename' ? name : undefined);
        else if (path.endsWith(`/${name}`)) close(); // the directory itself is gone: re-arm after the next check
      });
      watcher.on('error', fail);
      hasFailed = false;
    } catch (error) {
      fail(error);
    }
  }

  return { arm, close };
}
