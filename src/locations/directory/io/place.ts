import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../../runtime/system-error.ts';
import type { PlaceArgs, PlaceResult } from './protocol.ts';

/**
 * Gives temporary files, which are durable already, their final names, and makes the names durable: first files, then
 * directories that hold a new name. Only directories below the root are made, never the root itself, so that nothing is
 * written beneath the mount point of a disk that went away.
 */
export function place({ root, moves, directoryMode }: PlaceArgs): PlaceResult {
  const touched = new Set<string>();
  for (const { from, to } of moves) {
    moveInto({ from, to: `${root}/${to}`, root, directoryMode }, touched);
    touched.add(dirname(`${root}/${to}`));
  }
  const synced = [...touched].map((directory) => syncDirectory(directory));
  return { directoriesSynced: synced.every(Boolean) };
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly root: string;
  readonly directoryMode: number;
}

function moveInto(move: Move, touched: Set<string>): void {
  try {
    renameSync(move.from, move.to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    makeDirectory(dirname(move.to), move, touched);
    renameSync(move.from, move.to);
  }
}

function makeDirectory(path: string, move: Move, touched: Set<string>): void {
  const parent = dirname(path);
  try {
    mkdirSync(path, { mode: move.directoryMode });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT' || parent === move.root || path === move.root) throw error;
    makeDirectory(parent, move, touched);
    mkdirSync(path, { mode: move.directoryMode });
  }
  touched.add(parent);
}

/** Makes the names in a directory durable; false where the file system cannot (some FUSE and SMB). */
export function syncDirectory(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
    return true;
  } catch (error) {
    if (['EINVAL', 'EBADF', 'ENOTSUP', 'ENOSYS', 'EISDIR', 'EPERM'].includes(errorCode(error)))
      return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}
