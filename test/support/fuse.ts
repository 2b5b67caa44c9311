import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mount } from './bind-mount.ts';
import { onCleanUp } from './clean-up.ts';
import { isMounted, unmountLazily } from './mounts.ts';
import { startProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { tool, toolEnvironment } from './tools.ts';

export type FuseMount = {
  /** Where the source is seen through the mount. */
  readonly path: string;
  readonly source: string;
  /**
   * From then on every operation on the mount hangs, as on a dead NFS server. None had been taken by the process behind
   * the mount, as no signal can interrupt such an operation, not even SIGKILL.
   */
  freeze(): Promise<void>;
  thaw(): void;
  /** Waits, while the mount is frozen, until an operation hangs. */
  untilHanging(): Promise<void>;
  /** Works while frozen; operations that hang fail then. */
  unmount(): Promise<void>;
};

/**
 * Mounts a directory (by default a temporary one) elsewhere through FUSE; needs 'fuse'. Nothing is cached, so that
 * the first operation after `freeze` hangs. What hangs in a process of yours can be ended by SIGKILL or `thaw` only:
 * look at a frozen mount from child processes, or thaw it before the test ends.
 */
export async function mountPassthrough(
  source: string = temporaryDirectory(),
  path: string = temporaryDirectory(),
): Promise<FuseMount> {
  const uncached = 'attr_timeout=0,entry_timeout=0,negative_timeout=0';
  const server = startProcess(tool('bindfs'), ['-f', '-o', uncached, source, path], {
    env: toolEnvironment('bindfs'),
  });
  async function unmount(): Promise<void> {
    await unmountLazily(path);
    server.killGroup('SIGKILL');
    await server.exited;
  }
  onCleanUp(unmount);
  await waitFor(() => isMounted(path), { what: `the FUSE mount at ${path}` });
  const waiting = await countWaiting(path);
  return {
    path,
    source,
    async freeze() {
      const isIdle = () => waiting() === 0;
      await waitFor(
        async () => {
          // on a busy machine, bindfs answers nothing if it is stopped again at once
          await waitFor(isIdle, { what: 'bindfs to answer', timeoutMs: 30_000, intervalMs: 1 });
          server.killGroup('SIGSTOP');
          await waitFor(() => isStopped(server.pid), { what: 'bindfs to stop', intervalMs: 1 });
          if (isIdle()) return true;
          server.killGroup('SIGCONT');
          return false;
        },
        { what: 'a moment without an operation', intervalMs: 1 },
      );
    },
    thaw: () => server.killGroup('SIGCONT'),
    async untilHanging() {
      await waitFor(() => waiting() > 0, { what: 'an operation to hang' });
    },
    unmount,
  };
}

/** Are all threads of a process stopped? */
function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^State:\s+T/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
}

/** Returns a function that asks the kernel how many operations of a FUSE mount are not answered yet. */
async function countWaiting(path: string): Promise<() => number> {
  const control = temporaryDirectory();
  await mount(['-t', 'fusectl', 'fusectl', control]);
  onCleanUp(() => unmountLazily(control));
  const { dev } = statSync(path);
  const minor = (dev & 0xff) | ((dev >> 12) & ~0xff); // the kernel's name for the connection
  return () => Number(readFileSync(join(control, String(minor), 'waiting'), 'utf8'));
}
