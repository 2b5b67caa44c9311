import {
  chmod,
  lstat,
  mkdir,
  readdir,
  realpath,
  rmdir,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ANSWER_MS, findHung } from '../../process/find-hung.ts';
import { sharedController } from '../../runtime/abort.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';

const PREFIX = 'backup-syncd-restore-';
const NEVER = sharedController().signal;

/**
 * The directory that a check restores to. What is in there is hostile: links are never followed, and nothing is executed. The name is
 * exact and one for each client, so that the next check, or the next start, removes what a killed process left.
 */
export class FreshDirectory {
  readonly path: string;
  private readonly parent: string;
  /** a check may begin while what an earlier process left is still being removed */
  private readonly mutex = new Mutex();
  private isUsed = false;

  constructor(parent: string, client: string) {
    this.parent = parent;
    this.path = join(parent, `${PREFIX}${client}`);
  }

  /** The directory at a path; undefined if it cannot be one of ours. */
  static at(path: string): FreshDirectory | undefined {
    const name = basename(path);
    if (!name.startsWith(PREFIX)) return undefined;
    return new FreshDirectory(dirname(path), name.slice(PREFIX.length));
  }

  /** Removes what a check left. Rejects if that is not a directory of our own. */
  async clear(): Promise<void> {
    return this.mutex.run(async () => {
      await this.requireResponding();
      await this.remove();
    });
  }

  /** Removes what an earlier process left, unless a check of this one has done that already. */
  async clearLeftOver(): Promise<void> {
    return this.mutex.run(async () => {
      if (!this.isUsed) await this.remove();
    });
  }

  /** Creates it, empty and for the owner only. */
  async create(): Promise<void> {
    return this.mutex.run(async () => {
      this.isUsed = true;
      await this.requireResponding();
      await this.requireSafeParent();
      await this.remove();
      await mkdir(this.path, { mode: 0o700 });
    });
  }

  /** Bytes that this user may still write, and the size of the file system. */
  async space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    const { bavail, blocks, bsize } = await statfs(this.parent);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  /** A check of a directory that hangs would never end, and would hold a thread of Node. */
  private async requireResponding(): Promise<void> {
    const { parent } = this;
    const hung = await findHung([parent], { timeoutMs: ANSWER_MS, signal: NEVER });
    if (hung.length === 0) return;
    const advice = `a plain "ls ${parent}" will hang too; remount it, or set restoreCheck.directory to another place`;
    throw unusable(parent, `it did not respond within ${ANSWER_MS / 1000} s`, advice);
  }

  private async remove(): Promise<void> {
    const info = await lstat(this.path).catch(unlessMissing);
    if (info === undefined) return;
    if (!info.isDirectory() || info.uid !== process.geteuid?.())
      throw unusable(
        this.path,
        'it is not a directory that an earlier check made',
        'find out what it is, and move it away',
      );
    await removeTree(Buffer.from(this.path));
  }

  /** Refuses a parent directory whose entries others can rename, because they could replace restored files. */
  private async requireSafeParent(): Promise<void> {
    const { parent } = this;
    const repository = await repositoryAround(parent).catch((error: unknown) => {
      throw unusable(parent, errorMessage(error), CREATE);
    });
    if (repository !== undefined)
      throw unusable(parent, `it is inside the repository ${repository}`, ELSEWHERE);
    await mkdir(parent, { mode: 0o700 }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw unusable(parent, errorMessage(error), CREATE);
    });
    const info = await lstat(parent);
    if (!info.isDirectory())
      throw unusable(parent, 'it is not a directory, or it is a link', CREATE);
    const [canAllWrite, isSticky] = [(info.mode & 0o002) !== 0, (info.mode & 0o1000) !== 0];
    if (canAllWrite && !isSticky)
      throw unusable(parent, 'every user can write to it', `run: chmod o-w ${parent}`);
    if (![0, process.geteuid?.()].includes(info.uid))
      throw unusable(parent, 'it belongs to another user', CREATE);
  }
}

const CREATE = 'create the directory of restoreCheck.directory, for the user of the daemon only';
const ELSEWHERE = 'set restoreCheck.directory to a directory outside all sources and backends';

/**
 * The repository that a directory, which may not exist yet, is in. The configuration is checked by its text; links and mounts may lead into
 * a source, to which nothing is ever written (I12).
 */
async function repositoryAround(directory: string): Promise<string | undefined> {
  const real =
    (await realpath(directory).catch(unlessMissing)) ??
    (await realpath(dirname(directory)).catch(unlessMissing));
  for (let path = real; path !== undefined; path = path === '/' ? undefined : dirname(path)) {
    if (await isRepository(path)) return path;
  }
  return undefined;
}

/** `config` comes first: another directory called `data` may be a mount that hangs. */
async function isRepository(path: string): Promise<boolean> {
  const find = (name: string) => stat(join(path, name)).catch(() => undefined);
  if ((await find('config'))?.isFile() !== true) return false;
  return (
    (await find('keys'))?.isDirectory() === true && (await find('data'))?.isDirectory() === true
  );
}

/** Removes a directory with everything in it. restic also restores directories that cannot be read or written to. */
async function removeTree(path: Buffer): Promise<void> {
  await chmod(path, 0o700); // a directory, which nobody else can replace: all above it are for the owner only
  for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    const below = Buffer.concat([path, SLASH, entry.name]);
    if (entry.isDirectory()) await removeTree(below);
    else await unlink(below);
  }
  await rmdir(path);
}

const SLASH = Buffer.from('/');

function unlessMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}

function unusable(path: string, why: string, hint: string): SyncdError {
  return new SyncdError('tool', `${path} cannot be used for restore checks: ${why}`, hint);
}
