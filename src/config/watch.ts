import { relative } from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';

export interface WatchOptions {
  /** reads the configuration again; called once at a time, also when nothing changed */
  readonly onChange: () => Promise<void> | void;
  /** is handed what rings as a change does: somebody may ask for the configuration to be read again */
  readonly onReady?: (ring: () => void) => void;
  /** how long the files must be quiet, so that no half-written one is read */
  readonly debounceMs?: number;
  /** how often to look anyway: events get lost on network file systems and swapped directories */
  readonly rereadMs?: number;
  readonly signal: AbortSignal;
}

const MAX_DEBOUNCES = 25;
const POLL_MS = 5000;

/**
 * Calls `onChange` whenever files of a configuration directory change, and every minute. Resolves
 * when the signal aborts; rejects only with what `onChange` throws.
 */
export async function watchConfig(directory: string, options: WatchOptions): Promise<void> {
  const { onChange, debounceMs = 200, rereadMs = 60_000, signal } = options;
  const bell = createBell(signal);
  const watcher = createWatcher(directory, bell.ring);
  options.onReady?.(bell.ring);
  try {
    while (!signal.aborted) {
      let isRung = await bell.wait(rereadMs);
      for (let count = 0; isRung && count < MAX_DEBOUNCES; count += 1) {
        isRung = await bell.wait(debounceMs);
      }
      if (!isStopped(signal)) await onChange();
    }
  } finally {
    await watcher.close();
  }
}

interface Bell {
  readonly ring: () => void;
  /** true: rung since the last wait; false: the time is over, or the signal aborted */
  readonly wait: (ms: number) => Promise<boolean>;
}

function createBell(signal: AbortSignal): Bell {
  let isRung = false;
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  async function wait(ms: number): Promise<boolean> {
    if (!isRung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const wasRung = isRung;
    isRung = false;
    return wasRung;
  }
  function ring(): void {
    isRung = true;
    wake();
  }
  return { ring, wait };
}

function createWatcher(directory: string, ring: () => void): Pick<FSWatcher, 'close'> {
  let watcher = open(false);
  let isClosed = false;
  function open(usePolling: boolean): FSWatcher {
    return watch(directory, {
      depth: 1,
      ignoreInitial: true,
      ignored: (path) => !isOurs(relative(directory, path)),
      interval: POLL_MS,
      usePolling,
    })
      .on('all', ring)
      .on('error', () => {
        if (!usePolling) fallBack();
      });
  }
  /** No inotify to be had (ENOSPC, EMFILE): look every few seconds instead. */
  function fallBack(): void {
    const failed = watcher;
    if (isClosed) return;
    watcher = open(true);
    void failed.close();
  }
  return {
    close: async () => {
      isClosed = true;
      await watcher.close();
    },
  };
}

function isOurs(path: string): boolean {
  return /^(?:|backup-syncd\.yaml|clients|clients[\\/][^.\\/][^\\/]*\.ya?ml)$/i.test(path);
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}
