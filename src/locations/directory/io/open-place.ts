import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import { NO_HANDLES } from './file-problem.ts';

/** Linux's O_PATH, which Node does not name: such a handle reads nothing and needs no permission to read. */
export const O_PATH = 0o10000000;
const ROOT_FLAGS = O_PATH | constants.O_DIRECTORY;
const DIRECTORY_FLAGS = ROOT_FLAGS | constants.O_NOFOLLOW;
const HANDLES = '/proc/self/fd';
/** More would not help: objects come in the order of their directories. */
const MOST_HANDLES = 16;

/**
 * A place, reached through opened directories (I13). No link below its root is ever followed, not even one that appears between a
 * check and the use: each directory is opened by its name in the one above it, without following, and names are looked up in what
 * was opened. Node has no openat(2), but `/proc/self/fd/N/NAME` is the same on Linux. Paths are relative to the root; the root
 * itself is the operator's choice and may be a link.
 */
export class OpenPlace {
  readonly root: string;
  /** by path, the root being '' */
  private readonly handles = new Map<string, number>();

  /** @param root absolute path; it is opened when it is first needed */
  constructor(root: string) {
    this.root = root;
  }

  /**
   * The path that file-system calls take for an entry. Only the last part of it may be a link: calls must not follow it.
   *
   * @throws ENOENT, ENOTDIR or ELOOP when a directory above the entry is not there, is none, or is a link
   */
  at(path: string): string {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === '' || name === '.' || name === '..')
      throw new Error(`not a valid name in a place: ${path}`);
    return `${HANDLES}/${this.handle(parentOf(path))}/${name}`;
  }

  /** The path that file-system calls take for a directory; '' is the root. */
  directory(path: string): string {
    return `${HANDLES}/${this.handle(path)}`;
  }

  /** The status of a path, without following a link; undefined if it is not there. */
  lstat(path: string): Stats | undefined {
    return ifThere(() => lstatSync(this.at(path)));
  }

  /** Identity and times of a directory; undefined for what is not there or is no directory. */
  directoryStat(path: string): Stats | undefined {
    return ifThere(() => fstatSync(this.handle(path)));
  }

  isLink(path: string): boolean {
    return this.lstat(path)?.isSymbolicLink() === true;
  }

  /** Removes a file or a link, if it is there. */
  removeFile(path: string): void {
    ifThere(() => unlinkSync(this.at(path)));
  }

  /** Removes an entry with everything in it, except what another process adds in the meantime. */
  removeTree(path: string): void {
    if (this.lstat(path)?.isDirectory() !== true) {
      this.removeFile(path);
      return;
    }
    for (const name of readdirSync(this.directory(path))) this.removeTree(`${path}/${name}`);
    this.forget(path);
    try {
      ifThere(() => rmdirSync(this.at(path)));
    } catch (error) {
      if (errorCode(error) !== 'ENOTEMPTY') throw error;
    }
  }

  close(): void {
    for (const fd of this.handles.values()) closeSync(fd);
    this.handles.clear();
  }

  /** An error as it would be without handles: with the real path in its message. */
  withRealPaths(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const fields = error as Error & { path?: unknown; dest?: unknown };
    for (const key of ['message', 'path', 'dest'] as const) {
      const text = fields[key];
      if (typeof text === 'string') fields[key] = this.realPath(text);
    }
    return error;
  }

  private realPath(text: string): string {
    return text.replaceAll(/\/proc\/self\/fd\/(\d+)/g, (whole, fd: string) => {
      const found = [...this.handles].find(([, handle]) => handle === Number(fd));
      return found === undefined ? whole : this.fullPath(found[0]);
    });
  }

  /** For messages: the path as the operator would write it. */
  fullPath(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }

  private handle(path: string): number {
    const fd = this.handles.get(path) ?? (path === '' ? openRoot(this.root) : this.open(path));
    this.handles.delete(path);
    this.handles.set(path, fd); // the one that was used last comes last
    const [oldest = ''] = this.handles.keys();
    if (this.handles.size > MOST_HANDLES) this.forget(oldest);
    return fd;
  }

  private open(path: string): number {
    try {
      return openSync(this.at(path), DIRECTORY_FLAGS);
    } catch (error) {
      if (!['ENOTDIR', 'ELOOP'].includes(errorCode(error)) || !this.isLink(path)) throw error;
      const full = this.fullPath(path);
      const message = `ELOOP: symbolic links are never followed, '${full}'`;
      throw Object.assign(new Error(message), { code: 'ELOOP', path: full });
    }
  }

  private forget(path: string): void {
    const fd = this.handles.get(path);
    if (fd !== undefined) closeSync(fd);
    this.handles.delete(path);
  }
}

/** Uses a place, closes it, and gives its errors their real paths. */
export function within<T>(root: string, use: (place: OpenPlace) => T): T {
  const place = new OpenPlace(root);
  try {
    return use(place);
  } catch (error) {
    throw place.withRealPaths(error);
  } finally {
    place.close();
  }
}

/** The directory of an entry; '' is the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** Whether an error says that nothing is there, or that something other than a directory is above it, such as a link. */
export function isNotThere(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error));
}

/** Runs an action; undefined when the path, or a directory above it, is not there. */
export function ifThere<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

let hasHandles = false;

function openRoot(root: string): number {
  hasHandles ||= existsSync(HANDLES);
  if (!hasHandles) {
    const message = `${HANDLES} is missing: without it, symbolic links below ${root} cannot be detected`;
    throw Object.assign(new Error(message), { code: NO_HANDLES, path: root });
  }
  return openSync(root, ROOT_FLAGS);
}
