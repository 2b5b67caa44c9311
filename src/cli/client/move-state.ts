import { access, constants, copyFile } from 'node:fs/promises';
import { removeFile, removeLeftovers } from '../../config/edit/replace-file.ts';
import type { ClientFacts } from '../../facts/facts.ts';
import { ownFilesHint } from '../../runtime/own-files-hint.ts';
import { errorCode, errorMessage } from '../../runtime/system-error.ts';
import { discoveredFileOf } from '../../state/discovered-clients.ts';
import { listingFileOf } from '../../state/listing-file.ts';
import { loadState, saveState, stateFileOf } from '../../state/state-file.ts';
import type { Context } from '../context.ts';
import { asExitError, EXIT, ExitError } from '../exit-error.ts';
import { announceRemoval, giveToOwner } from './announce-removal.ts';

interface Names {
  readonly from: string;
  readonly to: string;
}

/** Throws, before anything is changed, if this user cannot write the state. A directory that does not exist has no state. */
export async function requireWritableState(stateDirectory: string): Promise<void> {
  try {
    await access(stateDirectory, constants.W_OK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new ExitError(
      EXIT.unavailable,
      `cannot write to the state directory: ${errorMessage(error)}`,
      `nothing was changed; ${ownFilesHint(error, stateDirectory)}`,
    );
  }
}

/** Throws, before anything is changed, if the state of this client is damaged, or was written by a newer version. */
export async function requireMovableState(stateDirectory: string, client: string): Promise<void> {
  await requireWritableState(stateDirectory);
  await readState(stateDirectory, client);
}

async function readState(stateDirectory: string, name: string): Promise<ClientFacts | undefined> {
  const { facts, damagedFile } = await loadState(stateFileOf(stateDirectory, name), name);
  if (damagedFile === undefined) return facts;
  throw new ExitError(
    EXIT.failed,
    `the state of ${name} is damaged`,
    `move ${damagedFile} away, then run the command again; the state is then rebuilt from the places`,
  );
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
      ownFilesHint(error, stateDirectory),
    );
  }
}

async function move(
  { clock }: Context,
  stateDirectory: string,
  { from, to }: Names,
): Promise<void> {
  const facts = await readState(stateDirectory, from);
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
  for (const file of [...left, path]) await removeFile(file);
}

/** Runs what `client rename` does once the client is disabled. A failure leaves it so, and the error says so, unless somebody else has changed the file. */
export async function whileDisabled(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const known = asExitError(error);
    if (known === undefined || known.exitCode === EXIT.busy) throw error;
    const { exitCode, message, hint, details } = known;
    throw new ExitError(exitCode, message, hint, [...details, STAYS_DISABLED]);
  }
}

const STAYS_DISABLED =
  'the client is disabled, and has its old name; correct this, then run the command again';
