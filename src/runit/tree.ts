import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../runtime/system-error.ts';
import {
  CLIENT_SERVICES_FOLDER,
  clientDirectory,
  linkOf,
  linkTarget,
  LINKS_FOLDER,
  runitDirectory,
} from './layout.ts';

/** A client in the runit tree. */
export interface Services {
  /** in its directory, which the operator may have added to; absent: it has no directory yet */
  readonly names?: readonly string[];
  /** whether runit runs them */
  readonly link: 'none' | 'ours' | 'foreign';
}

/** The runit tree beside the configuration; undefined: this layout is not used. */
export async function findRunit(configDirectory: string): Promise<string | undefined> {
  const path = runitDirectory(configDirectory);
  const found = await unlessMissing(stat(path));
  return found?.isDirectory() === true ? path : undefined;
}

export async function readServices(runit: string, client: string): Promise<Services> {
  const directory = clientDirectory(runit, client);
  const link = await readLink(runit, client);
  if ((await unlessMissing(lstat(directory))) === undefined) return { link };
  const found = await unlessMissing(
    readdir(join(directory, CLIENT_SERVICES_FOLDER), { withFileTypes: true }),
  );
  const names = (found ?? [])
    .filter((each) => !each.name.startsWith('.') && !each.isFile())
    .map(({ name }) => name);
  return { names: names.sort(), link };
}

/** The names in `enabled/`; runit ignores those that begin with a dot. */
export async function readLinks(runit: string): Promise<readonly string[]> {
  const names = (await unlessMissing(readdir(join(runit, LINKS_FOLDER)))) ?? [];
  return names.filter((name) => !name.startsWith('.')).sort();
}

async function readLink(runit: string, client: string): Promise<Services['link']> {
  const path = linkOf(runit, client);
  const found = await unlessMissing(lstat(path));
  if (found === undefined) return 'none';
  if (!found.isSymbolicLink()) return 'foreign';
  if ((await readlink(path)) === linkTarget(client)) return 'ours';
  const [there, own] = await Promise.all(
    [path, clientDirectory(runit, client)].map((each) => unlessMissing(stat(each))),
  );
  const isSame = there !== undefined && there.ino === own?.ino && there.dev === own.dev;
  return isSame ? 'ours' : 'foreign';
}

/** Returns undefined where nothing exists. */
export async function unlessMissing<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined;
    throw error;
  }
}
