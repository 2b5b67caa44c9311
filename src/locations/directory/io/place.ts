import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../../runtime/system-error.ts';
import { saysUnsyncable } from '../../../runtime/durable.ts';
import type { PlaceArgs, PlaceResult } from './protocol.ts';

/**
 * Gives temporary files, which are durable already, their final names, and makes the names durable. Only directories below
 * the root are made, never the root itself, so that nothing is written beneath the mount point of a disk that went away.
 * When a directory fails to be synced, the files go back to their temporary names: a second fsync that succeeds would not
 * prove that the first one's names are on the disk.
 */
export function place({ root, moves, directoryMode }: PlaceArgs): PlaceResult {
  const touched = new Set<string>();
  for (const { from, to } of moves) {
    moveInto({ from, to: `${root}/${to}`, root, directoryMode });
    addWithParents(touched, dirname(to));
  }
  try {
    const synced = [...touched].map((path) => syncDirectory(`${root}/${path}`));
    return { directoriesSynced: synced.every(Boolean) };
  } catch (error) {
    for (const { from, to } of moves) moveBack(`${root}/${to}`, from);
    throw error;
  }
}

/** Up to the root: a directory may be new, or made by a pass that was killed before its name was durable. */
function addWithParents(paths: Set<string>, path: string): void {
  paths.add(path);
  if (path !== '.') addWithParents(paths, dirname(path));
}

function moveBack(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // what cannot be undone is looked at by the next pass
  }
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly root: string;
  readonly directoryMode: number;
}

function moveInto(move: Move): void {
  try {
    renameSync(move.from, move.to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    makeDirectory(dirname(move.to), move);
    renameSync(move.from, move.to);
  }
}

function makeDirectory(path: string, move: Move): void {
  const parent = dirname(path);
  try {
    mkdirSync(path, { mode: move.directoryMode });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT' || parent === move.root || path === move.root) throw error;
    makeDirectory(parent, move);
    mkdirSync(path, { mode: move.directoryMode });
  }
}

/** Makes the names in a directory durable; false where the file system cannot (some FUSE and SMB). */
export function syncDirectory(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
    return true;
  } catch (error) {
    if (saysUnsyncable(error)) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}
