import { readFileSync, renameSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../../runtime/durable.ts';
import { UnavailableError } from '../../runtime/errors.ts';
import { changeAlone, hiddenFor } from '../../runtime/exclusive.ts';
import { editHint } from '../../runtime/own-files-hint.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';

/**
 * Replaces a configuration file atomically and durably, with the owner and mode that it had. A link is followed. The file is only
 * replaced while its content is still what the change was made from.
 *
 * @throws an UnavailableError: somebody else changed the file, or it cannot be written
 */
export async function replaceFile(
  path: string,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<void> {
  await explained(path, async () => {
    const target = await realpath(path);
    await changeAlone(target, async (temporary, isHeld) => {
      if ((await readText(target)) !== before) throw changedMeanwhile(path);
      await write(temporary, after, await accessOf(target));
      // Nothing else runs in this process between these calls, so hardly anything can happen elsewhere.
      if (!isHeld() || decoded(readFileSync(target)) !== before) throw changedMeanwhile(path);
      renameSync(temporary, target);
    });
    syncDirectory(dirname(target));
  });
}

/**
 * Makes a configuration file, unless there is one with this name; returns whether it did. Its owner and mode are those of `like`.
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
    const parent = await makeLikeParent(dirname(path));
    const access = like === undefined ? fileIn(parent) : await accessOf(like);
    return changeAlone(path, async (temporary) => {
      await write(temporary, content, access);
      try {
        await link(temporary, path);
      } catch (error) {
        if (errorCode(error) === 'EEXIST') return false;
        throw error;
      }
      syncDirectory(dirname(path));
      return true;
    });
  });
}

/** Gives a configuration file another name; returns whether there was one. */
export async function moveFile(path: string, to: string): Promise<boolean> {
  return explained(path, async () => {
    try {
      await rename(path, to);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
    syncDirectory(dirname(path));
    return true;
  });
}

/** Removes a file, if it exists. */
export async function removeFile(path: string): Promise<void> {
  await explained(path, () => rm(path, { force: true }));
}

/** Removes what a killed command has left beside a configuration file. */
export async function removeLeftovers(path: string): Promise<void> {
  const isLocked = await lstat(hiddenFor(path).lock).then(
    () => true,
    () => false,
  );
  if (isLocked) await explained(path, () => changeAlone(path, () => Promise.resolve()));
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
  try {
    await mkdir(directory);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return stat(directory);
    throw error;
  }
  await chown(directory, uid, gid);
  await chmod(directory, mode & 0o777);
  return { uid, gid, mode };
}

interface Access {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Writes a new file. */
async function write(path: string, content: string, access: Access): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    const { uid, gid } = await handle.stat();
    if (uid !== access.uid || gid !== access.gid) await handle.chown(access.uid, access.gid);
    await handle.chmod(access.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function changedMeanwhile(path: string): UnavailableError {
  return new UnavailableError(
    'busy',
    `someone else changed ${path} in the meantime, and nothing was written`,
    'check the file, then run the command again',
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
      editHint(error, path),
    );
  }
}
