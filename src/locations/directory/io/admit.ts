import { closeSync, fchmodSync, fstatSync, fsyncSync, mkdirSync } from 'node:fs';
import { objectPath } from '../../../repository/names.ts';
import { hashOf, openIfThere } from './hash-file.ts';
import type { OpenPlace } from './open-place.ts';
import { countObject } from '../../../threads/progress.ts';
import { idsIn, type CopiedObject, type Writing } from './copy.ts';

/** Creates an empty directory for another program to write to; its parent must exist. */
export function stage(place: OpenPlace, path: string): void {
  mkdirSync(place.at(path), { mode: 0o700 });
}

/** Removes such a directory with all that was not placed. */
export function unstage(place: OpenPlace, path: string): void {
  place.removeTree(path);
}

/** Hashes the files that another program wrote under the objects' paths below a stage, and prepares the good ones to be named. */
export function admit(place: OpenPlace, stage: string, writing: Writing): CopiedObject[] {
  return idsIn(writing).map(({ id, size }) => {
    const path = `${stage}/${objectPath(writing.kind, id)}`;
    const outcome = admitOne({ ...writing, place, path, id, size });
    countObject();
    return outcome;
  });
}

interface AdmitOne extends Writing {
  readonly place: OpenPlace;
  readonly path: string;
  readonly id: string;
  /** as in the view; NaN where it is not known */
  readonly size: number;
}

/**
 * Admits one object. If its size differs from the view, it has changed at the source, and the view is taken again, as for a
 * directory. A file with a second name may belong to someone else, so it is not touched.
 */
function admitOne({ place, path, id, size, fileMode, syncEach }: AdmitOne): CopiedObject {
  const fd = openIfThere(place, path);
  if (fd === undefined) return { outcome: 'vanished' };
  try {
    const found = fstatSync(fd);
    const isOurs = found.isFile() && found.nlink <= 1;
    if (!isOurs || (!Number.isNaN(size) && found.size !== size)) return { outcome: 'vanished' };
    const hash = hashOf(fd, found.size);
    if (hash !== id) return { outcome: 'corrupt', message: `its content has the SHA-256 ${hash}` };
    fchmodSync(fd, fileMode);
    if (syncEach) fsyncSync(fd);
    return { outcome: 'copied', temporary: path, size: found.size };
  } finally {
    closeSync(fd);
  }
}
