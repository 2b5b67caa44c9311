import { access, constants, copyFile, rm } from 'node:fs/promises';
import { removeLeftovers } from '../../config/edit/replace-file.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';
import { discoveredFileOf } from '../../state/discovered-clients.ts';
import { listingFileOf } from '../../state/listing-file.ts';
import { loadState, saveState, stateFileOf } from '../../state/state-file.ts';
import type { Context } from '../context.ts';
import { EXIT, ExitError } from '../exit-error.ts';
import { announceRemoval, giveToOwner } from './announce-removal.ts';

interface Names {
  readonly from: string;
  readonly to: string;
}

/** Throws before anything is changed if this user cannot write the state. A directory that does not exist has no state. */
export async function requireWritableState(stateDirectory: string): Promise<void> {
  try {
    await access(stateDirectory, constants.W_OK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new ExitError(
      EXIT.unavailable,
      `cannot write to the state directory: ${errorMessage(error)}`,
      'nothing was changed; run the command as root, or as the owner of that directory',
    );
  }
}

/** The files of what is known of a client. */
export function stateFilesOf(stateDirectory: string, name: string): string[] {
  return [stateFileOf(stateDirectory, name), listingFileOf(stateDirectory, name)];
}

/** Gives the state of a client that is disabled a new name; the old one stays. */
export async function moveState(
  context: Context,
  stateDirectory: string,
  names: Names,
): Promise<void> {
  try {
    await move(context, stateDirectory, names);
  } catch (error) {
    if (errorCode(error) === '') throw error;
    throw new ExitError(
      EXIT.unavailable,
      `the state of ${names.from} cannot be written under its new name: ${errorMessage(error)}`,
      'the client is disabled, and has its old name; correct this, then run the command again',
    );
  }
}

async function move(
  { clock }: Context,
  stateDirectory: string,
  { from, to }: Names,
): Promise<void> {
  const old = stateFileOf(stateDirectory, from);
  const { facts, damagedFile } = await loadState(old, from);
  if (damagedFile !== undefined)
    throw new ExitError(
      EXIT.failed,
      `the state of ${from} is damaged; the client is disabled, and has its old name`,
      `move ${damagedFile} away, then run the command again; the state is then rebuilt from the places`,
    );
  if (facts === undefined) return;
  const [state = '', listings = ''] = stateFilesOf(stateDirectory, to);
  await saveState(state, { ...facts, client: to }, { now: clock.now() });
  await giveToOwner(stateDirectory, state);
  try {
    await copyFile(listingFileOf(stateDirectory, from), listings);
    await giveToOwner(stateDirectory, listings);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error; // a cache, which may not exist
  }
}

/** Removes the state and the file of a client under its former name. The file comes last: without it, `client rename` could not continue. */
export async function removeFormer(
  { clock }: Context,
  {
    stateDirectory,
    name,
    path,
  }: { readonly stateDirectory: string; readonly name: string; readonly path: string },
): Promise<void> {
  await announceRemoval(stateDirectory, name, clock.now());
  await removeLeftovers(path);
  const left = [...stateFilesOf(stateDirectory, name), discoveredFileOf(stateDirectory, name)];
  for (const file of [...left, path]) await rm(file, { force: true });
}
