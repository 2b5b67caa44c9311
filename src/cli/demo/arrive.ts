import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ArriveOptions {
  readonly from: string;
  readonly to: string;
  /** the wait before each object, so that people can watch them arrive */
  readonly pauseMs: number;
  readonly onObject?: (done: number, bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Creates the directories that `restic init` creates. */
export async function makeRepositoryDirectories(root: string): Promise<void> {
  const twoDigits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
  const data = twoDigits.map((digits) => join('data', digits));
  for (const directory of ['keys', 'index', 'snapshots', 'locks', ...data]) {
    await mkdir(join(root, directory), { recursive: true, mode: 0o700 });
  }
}

/** Lets objects arrive in the given order, each written the way restic does. Rejects with an AbortError when the signal fires. */
export async function arrive(objects: readonly string[], options: ArriveOptions): Promise<number> {
  const { from, to, pauseMs, onObject, signal } = options;
  let bytes = 0;
  for (const [i, name] of objects.entries()) {
    await sleep(pauseMs, undefined, { signal });
    const content = await readFile(join(from, name));
    await writeObject(join(to, name), content);
    bytes += content.length;
    onObject?.(i + 1, bytes);
  }
  return bytes;
}

/** Written under a temporary name first, then read-only under its own. */
async function writeObject(path: string, content: Buffer): Promise<void> {
  const temporary = `${path}-tmp-1`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(temporary, content, { mode: 0o600, flag: 'wx', flush: true });
  await chmod(temporary, 0o400);
  await rename(temporary, path);
}
