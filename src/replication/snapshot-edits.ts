import { minus, type Catalogue, namesOf } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** When the file of a snapshot was written, according to its file system, milliseconds since the epoch. */
export interface FileTimes {
  readonly mtime: number;
  /** last change of its name or mode; undefined if the place does not report it */
  readonly ctime?: number | undefined;
}

/** A name that appeared in `snapshots/` or left it, as reported by a watch. */
export interface NameEvent {
  readonly name: string;
  /** milliseconds on a monotonic clock */
  readonly at: number;
}

/** The facts that distinguish an edit of snapshots from a backup and a forget. */
export interface EditEvidence {
  /** of the snapshots of the previous check */
  readonly times: SnapshotTimes;
  /** source snapshots at the previous check; undefined at the first one */
  readonly before: Catalogue | undefined;
  readonly current: Catalogue;
  /** of snapshots that are new in this check, or were in one of the last ones */
  readonly files: ReadonlyMap<string, FileTimes>;
  /** the recent events of a watch, in order; empty if there is none */
  readonly events: readonly NameEvent[];
  /** last change of the directory `snapshots/`, milliseconds since the epoch; undefined if not known */
  readonly directoryChangedAt: number | undefined;
  /** whether the source's index changed since the previous check */
  readonly indexChanged: boolean;
}

/** Snapshots that replace others: new id to old id. */
export type Edits = ReadonlyMap<string, string>;

/** A file that left within this time after another appeared, in milliseconds, was removed by the same command. */
const EDIT_MS = 100;
/**
 * `tag`, `rewrite --forget` and `repair snapshots --forget` rewrite a snapshot under another name and remove the old one right
 * after, one snapshot at a time. `backup` and `forget` are two processes, and each spends half a second on the key alone; `forget`
 * and the edits lock the repository exclusively. So an edit is a name that leaves just after another one appeared. A watch shows
 * that exactly. Without one, only the last change of the directory is known. Pure.
 */
export function findEdits(evidence: EditEvidence): Edits {
  const { before, current } = evidence;
  if (before === undefined) return NO_EDITS;
  const gone = namesOf(minus(before, current));
  if (gone.length === 0) return NO_EDITS;
  const isWatched = gone.every((id) => evidence.events.some(({ name }) => name === id));
  return isWatched ? editsInOrder(gone, evidence) : editsByTimes(gone, evidence);
}

const NO_EDITS: Edits = new Map();

/** Each name that left was replaced by the closest one that appeared before it, if that is close enough. */
function editsInOrder(gone: readonly string[], evidence: EditEvidence): Edits {
  const { current, events, files } = evidence;
  const edits = new Map<string, string>();
  for (const old of gone) {
    const left = events.findLastIndex(({ name }) => name === old);
    const leftAt = events[left]?.at ?? NaN;
    const came = events
      .slice(0, left)
      .findLast(({ name, at }) => isNew(name) && !edits.has(name) && leftAt - at <= EDIT_MS);
    if (came !== undefined && !isContradicted(came.name, evidence)) edits.set(came.name, old);
  }
  return edits;

  function isNew(name: string): boolean {
    return current.has(name) && files.has(name);
  }
}

/** Events that were delivered late, all at once, seem close together. For the newest, the file system knows better. */
function isContradicted(id: string, { files, directoryChangedAt }: EditEvidence): boolean {
  const [newest] = sorted(files).at(-1) ?? [];
  const { ctime } = files.get(id) ?? {};
  if (id !== newest || ctime === undefined || directoryChangedAt === undefined) return false;
  return directoryChangedAt - ctime > EDIT_MS;
}

/**
 * Recognises edits by times: as many names appeared as left, and the directory last changed just after the newest appeared. A
 * changed index counts as a backup, because a forget can follow a backup quickly, and a client that has made a backup must not look
 * overdue.
 */
function editsByTimes(gone: readonly string[], evidence: EditEvidence): Edits {
  const { before, current, files, directoryChangedAt } = evidence;
  if (directoryChangedAt === undefined) return NO_EDITS;
  const isRecent = ([id, { mtime }]: [string, FileTimes]) =>
    current.has(id) && (before?.has(id) !== true || directoryChangedAt - mtime <= EDIT_MS);
  const fresh = sorted(files).filter(isRecent);
  const newest = fresh.at(-1)?.[1];
  if (newest === undefined || fresh.length !== gone.length) return NO_EDITS;
  const { mtime, ctime = mtime } = newest;
  const after = directoryChangedAt - ctime;
  if (after < 0 || after > EDIT_MS) return NO_EDITS;
  if (evidence.indexChanged) return NO_EDITS;
  // which replaces which is unknown, and no edit makes a snapshot newer, so they keep their order
  const timeOf = (id: string) => evidence.times.get(id)?.time ?? Infinity;
  const old = [...gone].sort((a, b) => timeOf(a) - timeOf(b));
  return new Map(fresh.map(([id], i) => [id, old[i] ?? '']));
}

/** Sorted by mtime, oldest first. */
function sorted(files: ReadonlyMap<string, FileTimes>): [string, FileTimes][] {
  return [...files].sort(([, a], [, b]) => a.mtime - b.mtime);
}
