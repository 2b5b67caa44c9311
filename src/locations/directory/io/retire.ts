import { accessSync, constants, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { isObjectId } from '../../../repository/names.ts';
import {
  isRetiredDate,
  RETIRABLE_KINDS,
  RETIRED,
  retiredPath,
  type RetiredFile,
} from '../../../repository/retired.ts';
import { errorCode } from '../../../runtime/system-error.ts';
import { replaceFile } from './durable.ts';
import { hashFile } from './hash-file.ts';
import { ifThere, parentOf, type OpenPlace } from './open-place.ts';
import { syncDirectory } from './place.ts';
import type { RetiredMove } from '../../retired-place.ts';

/** Our own files, which show whether files can be moved here. */
const TRIAL = { from: '.backup-syncd/tmp/retire-trial', to: `${RETIRED}/trial` };

/** Regular files that lie where `retire` puts them; everything else is left out. */
export function listRetired(place: OpenPlace): RetiredFile[] {
  const found: RetiredFile[] = [];
  for (const date of namesIn(place, RETIRED).filter(isRetiredDate)) {
    for (const kind of RETIRABLE_KINDS) {
      for (const id of namesIn(place, `${RETIRED}/${date}/${kind}`)) {
        const object = { date, kind, id };
        const file = isObjectId(id) ? place.lstat(retiredPath(object)) : undefined;
        if (file?.isFile() === true) found.push({ ...object, size: file.size });
      }
    }
  }
  return found;
}

function namesIn(place: OpenPlace, path: string): string[] {
  return ifThere(() => readdirSync(place.directory(path))) ?? [];
}

/** Writes the list of a date, and makes it and the directories above it durable. */
export function writeRetiredList(place: OpenPlace, date: string, text: string): void {
  const directory = `${RETIRED}/${date}`;
  for (const path of [RETIRED, directory]) makeIfMissing(place, path);
  replaceFile(place, `${directory}/list`, Buffer.from(text));
  for (const path of [directory, RETIRED, parentOf(RETIRED), '']) syncDirectory(place, path);
}

function makeIfMissing(place: OpenPlace, path: string): void {
  try {
    mkdirSync(place.at(path), { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Moves and removes a file of ours, and asks whether names can be removed from the directories of these kinds. */
export function tryToRetire(place: OpenPlace, kinds: readonly string[]): void {
  for (const kind of kinds)
    ifThere(() => accessSync(place.directory(kind), constants.W_OK | constants.X_OK));
  makeIfMissing(place, parentOf(TRIAL.from));
  makeIfMissing(place, RETIRED);
  replaceFile(place, TRIAL.from, Buffer.from('trial\n'));
  renameSync(place.at(TRIAL.from), place.at(TRIAL.to));
  place.removeFile(TRIAL.to);
}

/**
 * Renames objects, one after the other, and makes the names durable at both ends. What already lies at the new place under the
 * same name is replaced only by a file whose content matches its name.
 *
 * @returns false where the file system cannot sync a directory
 */
export function moveRetired(place: OpenPlace, { kind, ids, date, to }: RetiredMove): boolean {
  const aside = `${RETIRED}/${date}/${kind}`;
  for (const path of to === 'retired' ? [`${RETIRED}/${date}`, aside] : [kind])
    makeIfMissing(place, path);
  for (const id of ids) {
    const [object, retired] = [`${kind}/${id}`, `${aside}/${id}`];
    const [from, target] = to === 'retired' ? [object, retired] : [retired, object];
    rename(place, { id, from, to: target });
  }
  const [near, far] = to === 'retired' ? [aside, kind] : [kind, aside];
  return [near, ...above(near), far].map((path) => syncDirectory(place, path)).every(Boolean);
}

interface Rename {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

function rename(place: OpenPlace, { id, from, to }: Rename): void {
  const found = place.lstat(from);
  if (found === undefined) return; // moved already
  if (!found.isFile()) throw new Error(`${place.fullPath(from)} is not a regular file`);
  const isTaken = place.lstat(to) !== undefined;
  if (isTaken && hashFile(place, from) !== id)
    throw new Error(
      `${place.fullPath(from)} does not match its name, and ${place.fullPath(to)} already exists`,
    );
  renameSync(place.at(from), place.at(to));
}

/** The directories above one, nearest first; '' is the root. */
function above(path: string): string[] {
  return path === '' ? [] : [parentOf(path), ...above(parentOf(path))];
}
