import { join } from 'node:path';
import { onCleanUp } from './clean-up.ts';
import { isMounted, unmountLazily } from './mounts.ts';
import { startProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

export type ForgetfulOptions = {
  /** What is there, durable, at the beginning; by default nothing. */
  readonly image?: string;
  /** Leave an image of a power cut behind these changes, counted from 1; the file system goes on. */
  readonly cutAt?: readonly number[];
  /** These calls of fsync, counted from 1, fail with EIO, and what they were for is lost for good. */
  readonly failSyncs?: readonly number[];
  /** About half of what was not synced survives a cut, drawn from this; 0, the default: nothing of it does. */
  readonly seed?: number;
  /** The times of a directory are always old, even if files come and go. */
  readonly frozenTimes?: boolean;
  /** Where to mount it; by default a temporary directory. */
  readonly path?: string;
};

export type Forgetful = {
  readonly path: string;
  /** Ends it by a power cut, and returns what survived. */
  cut(): Promise<PowerCut>;
};

export type PowerCut = {
  /** the directory with what survived */
  readonly image: string;
  /** what a cut behind each of `cutAt` left; those that were never reached are left out */
  readonly images: readonly string[];
  readonly changes: number;
  /** calls of fsync */
  readonly syncs: number;
};

/** Mounts a file system that forgets at a power cut what was not fsynced; needs 'forgetful'. */
export async function mountForgetful({
  image = temporaryDirectory(),
  cutAt = [],
  failSyncs = [],
  seed = 0,
  frozenTimes = false,
  path = temporaryDirectory(),
}: ForgetfulOptions = {}): Promise<Forgetful> {
  const cuts = temporaryDirectory();
  const server = startProcess(tool('forgetful-fuse'), [
    ...['-cuts', cuts, '-cut-at', cutAt.join(), '-fail-syncs', failSyncs.join()],
    ...['-seed', String(seed), ...(frozenTimes ? ['-frozen-times'] : []), image, path],
  ]);
  onCleanUp(async () => {
    await unmountLazily(path);
    server.killGroup('SIGKILL');
    await server.exited;
  });
  await waitFor(() => isMounted(path), { what: `the forgetful file system at ${path}` });
  return {
    path,
    async cut() {
      server.kill('SIGUSR1');
      await server.exited;
      await unmountLazily(path);
      const counted = JSON.parse(server.stdout()) as { changes: number; syncs: number };
      const reached = cutAt.filter((change) => change <= counted.changes);
      return {
        ...counted,
        image: join(cuts, 'end'),
        images: reached.map((change) => join(cuts, String(change))),
      };
    },
  };
}
