import { mkdirSync, renameSync } from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import * as durable from '../../../runtime/durable.ts';
import { parentOf, type OpenPlace } from './open-place.ts';

/**
 * Gives temporary files, which are durable already, their final names, and makes the names durable. Only directories below
 * the root are made, never the root itself, so that nothing is written beneath the mount point of a disk that went away.
 * When a directory fails to be synced, the files go back to their temporary names: a second fsync that succeeds would not
 * prove that the first one's names are on the disk.
 *
 * @returns false where the file system cannot sync a directory
 */
export function place(
  place: OpenPlace,
  moves: readonly { readonly from: string; readonly to: string }[],
  directoryMode: number,
): boolean {
  const touched = new Set<string>();
  for (const { from, to } of moves) {
    moveInto({ place, from, to, directoryMode });
    addWithParents(touched, parentOf(to));
  }
  try {
    return [...touched].map((path) => syncDirectory(place, path)).every(Boolean);
  } catch (error) {
    for (const { from, to } of moves) moveBack(place, { from: to, to: from });
    throw error;
  }
}

/** Adds the directories up to the root: one may be new, or made by a pass that was killed before its name was durable. */
function addWithParents(paths: Set<string>, path: string): void {
  paths.add(path);
  if (path !== '') addWithParents(paths, parentOf(path));
}

function moveBack(place: OpenPlace, { from, to }: Pick<Move, 'from' | 'to'>): void {
  try {
    renameSync(place.at(from), place.at(to));
  } catch {
    // the next pass checks what cannot be undone
  }
}

interface Move {
  readonly place: OpenPlace;
  readonly from: string;
  readonly to: string;
  readonly directoryMode: number;
}

function moveInto(move: Move): void {
  const { place, from, to } = move;
  try {
    renameSync(place.at(from), place.at(to));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    makeDirectory(parentOf(to), move);
    renameSync(place.at(from), place.at(to));
  }
}

/** `keys`, or `data/xx` with `data` above it. */
function makeDirectory(path: string, move: Move): void {
  const parent = parentOf(path);
  const { place, directoryMode } = move;
  if (parent !== '' && place.lstat(parent) === undefined) makeDirectory(parent, move);
  try {
    mkdirSync(place.at(path), { mode: directoryMode });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
}

/** Makes the names in a directory durable; false where the file system cannot (some FUSE and SMB). */
export function syncDirectory(place: OpenPlace, path: string): boolean {
  return durable.syncDirectory(place.directory(path));
}
