import { constants } from 'node:fs';
import {
  cp,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  symlink,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from '../runtime/durable.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { changeAlone, hiddenFor } from '../runtime/exclusive.ts';
import { editHint } from '../runtime/own-files-hint.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import { clientDirectory, linkOf, linkTarget, TEMPLATE_FOLDER } from './layout.ts';
import { readServices, unlessMissing } from './tree.ts';

/**
 * Makes the directory of a client from the template, unless there is one, and returns whether it did. It appears complete or not at
 * all.
 *
 * @param client a valid name
 */
export async function prepareServices(runit: string, client: string): Promise<boolean> {
  const directory = clientDirectory(runit, client);
  return explained(directory, async () => {
    if ((await isThere(directory)) && !(await isThere(hiddenFor(directory).lock))) return false;
    await makeFolder(dirname(directory));
    return changeAlone(directory, async (temporary, isHeld) => {
      if (await isThere(directory)) return false;
      await copyTemplate(runit, temporary);
      return isHeld() && (await appear(temporary, directory));
    });
  });
}

/** Makes a folder of a tree that exists. A recursive mkdir of Node.js reports ENOENT on a read-only file system. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessMissing(lstat(path))) !== undefined;
}

/** The template itself may be a link. */
async function copyTemplate(runit: string, to: string): Promise<void> {
  await cp(await realpath(join(runit, TEMPLATE_FOLDER)), to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => basename(from) !== 'supervise', // the state of a runsv, which has pipes
  });
  await syncAll(to);
}

/** Gives the directory its name; false if another command was faster. */
async function appear(temporary: string, directory: string): Promise<boolean> {
  try {
    await rename(temporary, directory);
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return false;
    throw error;
  }
  syncDirectory(dirname(directory));
  return true;
}

/** Syncs all files, because a power cut must not leave a script empty. */
async function syncAll(directory: string): Promise<void> {
  syncDirectory(directory);
  for (const each of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(each.parentPath, each.name);
    if (each.isDirectory()) syncDirectory(path);
    if (!each.isFile()) continue;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Makes runit run a client; returns whether there was no link yet. */
export async function linkServices(runit: string, client: string): Promise<boolean> {
  const path = linkOf(runit, client);
  return explained(path, async () => {
    if (!(await mayChange(runit, client, 'none'))) return false;
    await makeFolder(dirname(path));
    await symlink(linkTarget(client), path);
    syncDirectory(dirname(path));
    return true;
  });
}

/** Makes runit stop a client; returns whether there was a link. */
export async function unlinkServices(runit: string, client: string): Promise<boolean> {
  const path = linkOf(runit, client);
  return explained(path, async () => {
    if (!(await mayChange(runit, client, 'ours'))) return false;
    await unlink(path);
    syncDirectory(dirname(path));
    return true;
  });
}

/** Gives the directory of a client, whose services do not run, a new name, with all that is in it. */
export async function renameServices(runit: string, from: string, to: string): Promise<void> {
  const [before, after] = [clientDirectory(runit, from), clientDirectory(runit, to)];
  await explained(after, async () => {
    await unlessMissing(rename(before, after));
    syncDirectory(dirname(after));
  });
}

/** Whether a runsv has the directory of a client: then something of it may still run, also without a link. */
export async function isSupervised(runit: string, client: string): Promise<boolean> {
  const ok = join(clientDirectory(runit, client), 'supervise', 'ok');
  return explained(ok, async () => {
    try {
      await (await open(ok, constants.O_WRONLY | constants.O_NONBLOCK)).close();
      return true;
    } catch (error) {
      if (['ENXIO', 'ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false;
      throw error;
    }
  });
}

/** Throws if the entry exists and is not a link of ours. */
async function mayChange(runit: string, client: string, wanted: 'none' | 'ours'): Promise<boolean> {
  const { link } = await readServices(runit, client);
  if (link !== 'foreign') return link === wanted;
  const path = linkOf(runit, client);
  throw new UnavailableError(
    'unavailable',
    `${path} is not a link to ${linkTarget(client)}`,
    'move it away, then run the command again',
  );
}

const NO_TEMPLATE =
  'the template of services belongs in runit/template beside clients/; copy it from deploy/runit/tree, then run the command again';

async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError(
      'unavailable',
      `runit: cannot change ${path}: ${errorMessage(error)}`,
      errorCode(error) === 'ENOENT' ? NO_TEMPLATE : editHint(error, path),
    );
  }
}
