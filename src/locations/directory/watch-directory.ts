import { watch, type FSWatcher } from 'node:fs';
import { isObjectId } from '../../repository/names.ts';
import { elapsedMs } from '../../runtime/clock.ts';

/** Arm anew at least this often, in milliseconds: a directory made anew leaves a dead watch without an error. */
const REARM_MS = 10 * 60_000;

export interface DirectoryWatch {
  /** to be called after each look that went well: the mount answers, so that this cannot hang */
  arm(): void;
  close(): void;
}

/**
 * Watches one directory, with one inotify watch whatever it holds, and calls `onChange` with its name when an object
 * gets that there or loses it. A hint only: events are lost on overflow and over the network, so polling goes on beside it.
 * Where watching is not possible, `onFailure` is told once.
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
        else if (path.endsWith(`/${name}`)) close(); // the directory itself went away: arm anew after the next look
      });
      watcher.on('error', fail);
      hasFailed = false;
    } catch (error) {
      fail(error);
    }
  }

  return { arm, close };
}
