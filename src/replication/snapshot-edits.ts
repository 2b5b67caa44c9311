import { minus, type Catalogue } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';

/** When the file of a snapshot was written, milliseconds since the epoch, as its file system says. */
export interface FileTimes {
  readonly mtime: number;
  /** last change of its name or mode; undefined where the place does not tell */
  readonly ctime?: number | undefined;
}

/** A name that came to `snapshots/` or left it, as a watch has told. */
export interface NameEvent {
  readonly name: string;
  /** milliseconds on a clock that only goes forward */
  readonly at: number;
}

/** What tells an edit of snapshots from a backup and a forget. */
export interface EditEvidence {
  /** of the snapshots of the previous look */
  readonly times: SnapshotTimes;
  /** source snapshots at the previous look; undefined at the first one */
  readonly before: Catalogue | undefined;
  readonly current: Catalogue;
  /** of snapshots that are new in this look, or were in one of the last ones */
  readonly files: ReadonlyMap<string, FileTimes>;
  /** what a watch has told lately, in order; empty where there is none */
  readonly events: readonly NameEvent[];
  /** last change of the directory `snapshots/`, milliseconds since the epoch; undefined if not known */
  readonly directoryChangedAt: number | undefined;
  /** whether the source's index changed since the previous look */
  readonly indexChanged: boolean;
}

/** Snapshots that replace others: new id to old id. */
export type Edits = ReadonlyMap<string, string>;

/** A file that left within this time after another came, in milliseconds, was removed by the command that wrote that. */
const EDIT_MS = 100;
/**
 * `tag`, `rewrite --forget` and `repair snapshots --forget` write a snapshot anew under another name and remove the old one
 * right after, one snapshot after the other. `backup` and `forget` are two processes, and each spends half a second on the
 * key alone; `forget` and the edits lock the repository for themselves. So an edit is a name that leaves just after
 * another one came. A watch tells that exactly. Without one, only the last change of the directory is known. Pure.
 */
export function findEdits(evidence: EditEvidence): Edits {
  const { before, current } = evidence;
  if (before === undefined) return NO_EDITS;
  const gone = [...minus(before, current).entries()].map(({ id }) => id);
  if (gone.length === 0) return NO_EDITS;
  const isWatched = gone.every((id) => evidence.events.some(({ name }) => name === id));
  return isWatched ? editsInOrder(gone, evidence) : editsByTimes(gone, evidence);
}

const NO_EDITS: Edits = new Map();

/** Each name that left replaces the nearest one that came before it, if that is near enough. */
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

/** Events that were noted late, all at once, seem near to each other: the file system knows better of the newest. */
function isContradicted(id: string, { files, directoryChangedAt }: EditEvidence): boolean {
  const [newest] = sorted(files).at(-1) ?? [];
  const { ctime } = files.get(id) ?? {};
  if (id !== newest || ctime === undefined || directoryChangedAt === undefined) return false;
  return directoryChangedAt - ctime > EDIT_MS;
}

/**
 * As many came as went, and the directory was last changed just after the newest came. A changed index counts as a backup,
 * because a backup and a forget can follow each other quickly: a client that has made a backup is never called overdue.
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
  // which replaces which is not known, and no edit makes one newer: so they keep their order
  const timeOf = (id: string) => evidence.times.get(id)?.time ?? Infinity;
  const old = [...gone].sort((a, b) => timeOf(a) - timeOf(b));
  return new Map(fresh.map(([id], i) => [id, old[i] ?? '']));
}

/** By their mtimes, the oldest first. */
function sorted(files: ReadonlyMap<string, FileTimes>): [string, FileTimes][] {
  return [...files].sort(([, a], [, b]) => a.mtime - b.mtime);
}
