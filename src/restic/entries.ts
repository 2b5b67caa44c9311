/** The output of restic about a repository, parsed at the edge (I13): it can contain anything. */

export interface ResticSnapshot {
  readonly id: string;
  /** milliseconds */
  readonly time: number;
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

/** One entry of `restic ls`. */
export interface ResticEntry {
  readonly type: 'file' | 'dir' | 'other';
  /** absolute in the snapshot, as restic takes it again; undefined if the name is not valid UTF-8 */
  readonly path: string | undefined;
  /** bytes; 0 for anything but a file */
  readonly size: number;
  /** when it was last changed, in milliseconds; undefined if that is not a time */
  readonly mtime: number | undefined;
}

const ID = /^[0-9a-f]{64}$/;

/** A snapshot, from a parsed value; undefined if it is none. */
export function toSnapshot(value: unknown): ResticSnapshot | undefined {
  if (!isRecord(value)) return undefined;
  const { id, time, hostname = '', paths, tags } = value;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof id !== 'string' || !ID.test(id) || Number.isNaN(at)) return undefined;
  if (typeof hostname !== 'string') return undefined;
  return { id, time: at, hostname, paths: textsOf(paths), tags: textsOf(tags) };
}

/** One line of `restic ls --json`: the snapshot, which comes first, or an entry. Undefined if it is neither. Throws if it is not JSON. */
export function parseListed(
  line: string,
): { readonly snapshot: ResticSnapshot } | { readonly entry: ResticEntry } | undefined {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value)) return undefined;
  const kind = value['struct_type'] ?? value['message_type'];
  if (kind === 'snapshot') {
    const snapshot = toSnapshot(value);
    return snapshot && { snapshot };
  }
  const entry = kind === 'node' ? toEntry(value) : undefined;
  return entry && { entry };
}

function toEntry({
  type,
  path,
  size = 0,
  mtime,
}: Readonly<Record<string, unknown>>): ResticEntry | undefined {
  if (typeof path !== 'string' || typeof type !== 'string') return undefined;
  const isFile = type === 'file';
  const at = typeof mtime === 'string' ? Date.parse(mtime) : Number.NaN;
  return {
    type: isFile || type === 'dir' ? type : 'other',
    path: isPlain(path) ? path : undefined,
    size: isFile && Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : 0,
    mtime: Number.isNaN(at) ? undefined : at,
  };
}

/** PATH_MAX of Linux: nothing below a longer path can be restored. */
const LONGEST_PATH = 4096;

/** An absolute path without `.`, `..` and empty names. restic prints U+FFFD for bytes that are not UTF-8. */
function isPlain(path: string): boolean {
  if (!path.startsWith('/') || path.includes('\uFFFD') || path.includes('\0')) return false;
  if (path.length > LONGEST_PATH) return false;
  return path
    .slice(1)
    .split('/')
    .every((name) => !['', '.', '..'].includes(name));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
