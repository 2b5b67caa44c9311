import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  mkdir,
  open,
  readFile,
  realpath,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { syncDirectory } from '../../runtime/durable.ts';
import { UnavailableError } from '../../runtime/errors.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';

/** How long another command may take to write the same file, in milliseconds. */
const WRITING_MS = 3_000;

/**
 * Replaces a configuration file atomically and durably, with the owner and mode that it had. A link is followed. The file is only
 * replaced while its content is still what the change was made from. The new file has a fixed name until it is renamed, so of two
 * commands only one writes at a time.
 *
 * @throws an UnavailableError: somebody else changed the file, or it cannot be written
 */
export async function replaceFile(
  path: string,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<void> {
  await explained(path, async () => {
    const target = await realpath(path);
    const temporary = join(dirname(target), `.${basename(target)}.new`);
    const handle = await reserve(temporary, path);
    try {
      if ((await readText(target)) !== before) throw changedMeanwhile(path);
      await write(handle, after, await accessOf(target));
      // Nothing else runs in this process between the two calls, so hardly anything can happen elsewhere.
      if (decoded(readFileSync(target)) !== before) throw changedMeanwhile(path);
      renameSync(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    syncDirectory(dirname(target));
  });
}

/**
 * Makes a configuration file, unless there is one with this name; answers whether it did. Its owner and mode are those of `like`.
 * Without that, its owner is that of the directory, and who may read the directory may read the file.
 *
 * @throws an UnavailableError when it cannot be written
 */
export async function createFile(
  path: string,
  content: string,
  { like }: { readonly like?: string } = {},
): Promise<boolean> {
  return explained(path, async () => {
    const directory = dirname(path);
    const parent = await makeLikeParent(directory);
    const access = like === undefined ? fileIn(parent) : await accessOf(like);
    const temporary = join(directory, `.${basename(path)}.${randomBytes(4).toString('hex')}`);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await write(handle, content, access);
      await link(temporary, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await handle.close();
      await rm(temporary, { force: true });
    }
    syncDirectory(directory);
    return true;
  });
}

/** The text of a file, as the configuration is read: without a byte order mark. */
export async function readText(path: string): Promise<string> {
  return decoded(await readFile(path));
}

function decoded(content: Buffer): string {
  return new TextDecoder().decode(content);
}

async function accessOf(path: string): Promise<Access> {
  const { uid, gid, mode } = await stat(path);
  return { uid, gid, mode: mode & 0o7777 };
}

function fileIn({ uid, gid, mode }: Access): Access {
  return { uid, gid, mode: 0o600 | (mode & 0o044) };
}

/** Makes a directory with the owner and mode of the one above, unless it exists. */
async function makeLikeParent(directory: string): Promise<Access> {
  const { uid, gid, mode } = await stat(dirname(directory));
  const isMade = await mkdir(directory).then(
    () => true,
    () => false,
  );
  if (!isMade) return stat(directory);
  await chown(directory, uid, gid);
  await chmod(directory, mode & 0o777);
  return { uid, gid, mode };
}

/** The handle of a file that no other command has. */
async function reserve(temporary: string, path: string): Promise<FileHandle> {
  for (let waited = 0; ; waited += 100) {
    try {
      return await open(temporary, 'wx', 0o600);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (waited >= WRITING_MS)
        throw new UnavailableError(
          'busy',
          `another command is changing ${path}`,
          `if none is running, one was killed: remove ${temporary}, then run the command again`,
        );
      await wait(100);
    }
  }
}

interface Access {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

async function write(handle: FileHandle, content: string, access: Access): Promise<void> {
  await handle.writeFile(content);
  const { uid, gid } = await handle.stat();
  if (uid !== access.uid || gid !== access.gid) await handle.chown(access.uid, access.gid);
  await handle.chmod(access.mode);
  await handle.sync();
}

function changedMeanwhile(path: string): UnavailableError {
  return new UnavailableError(
    'busy',
    `someone else changed ${path} in the meantime, and nothing was written`,
    'look at the file, then run the command again',
  );
}

async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UnavailableError || errorCode(error) === '') throw error;
    throw new UnavailableError(
      'unavailable',
      `cannot write ${path}: ${errorMessage(error)}`,
      HINTS[errorCode(error)] ?? 'nothing was changed',
    );
  }
}

const AS_OWNER =
  'nothing was changed; run the command as root, or as the owner of the file and its directory';
const HINTS: Readonly<Record<string, string>> = {
  EACCES: AS_OWNER,
  EPERM: AS_OWNER,
  ENOSPC: 'nothing was changed; free some space',
  EROFS: 'nothing was changed; the file system is read-only',
};
