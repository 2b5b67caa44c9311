import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../../runtime/system-error.ts';
import { unfit } from './file-problem.ts';
import { syncDirectory } from './place.ts';
import type { Args, Result } from './protocol.ts';

/** Never follows a link, never waits for a FIFO's other end. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function stat({ root, paths }: Args<'stat'>): Result<'stat'> {
  return paths.map((path) => {
    const found = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (found === undefined) return null;
    const { dev, ino, size, mtimeMs, ctimeMs } = found;
    return { dev, ino, size, mtimeMs, ctimeMs, regular: found.isFile() };
  });
}

/** A link given as the root is the operator's word and is followed; nothing below it is. */
export function inspect({ root }: Args<'inspect'>): Result<'inspect'> {
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return { root: 'missing', entries: [], erasureFormat: false };
  if (!found.isDirectory()) return { root: 'not_a_directory', entries: [], erasureFormat: false };
  const entries = readdirSync(root).sort().slice(0, 100);
  return { root: 'directory', entries, erasureFormat: isErasureFormat(root) };
}

/** MinIO's erasure format keeps an object as a directory of its name that holds `xl.meta`. */
function isErasureFormat(root: string): boolean {
  if (exists(`${root}/config/xl.meta`)) return true;
  return ['keys', 'snapshots', 'index'].some((kind) => {
    const [first] = directoriesIn(`${root}/${kind}`);
    return first !== undefined && exists(`${root}/${kind}/${first}/xl.meta`);
  });
}

function directoriesIn(path: string): string[] {
  if (!exists(path) || !lstatSync(path).isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}

export function read({ path, maxBytes }: Args<'read'>): Result<'read'> {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw unfit(path, 'is no regular file');
    const { size } = found;
    if (size > maxBytes) throw unfit(path, `has ${size} bytes, more than ${maxBytes}`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function remove({ paths }: Args<'remove'>): Result<'remove'> {
  for (const path of paths) rmSync(path, { force: true });
  return null;
}

/** Makes room for temporary files, or removes those of an earlier pass; answers how many there were. */
export function sweep({ root }: Args<'sweep'>): Result<'sweep'> {
  const directory = `${root}/.backup-syncd/tmp`;
  requireNoLink(`${root}/.backup-syncd`);
  requireNoLink(directory); // what it leads to is not ours to empty
  if (!exists(directory)) {
    mkdirSync(directory, { mode: 0o700 }); // never more than this: without a marker there is no place to write to
    return 0;
  }
  const names = readdirSync(directory);
  for (const name of names) rmSync(`${directory}/${name}`, { recursive: true, force: true });
  return names.length;
}

function requireNoLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  const message = `${path} is a symbolic link, which is never followed`;
  throw Object.assign(new Error(message), { code: 'ENOTDIR', path });
}

export function space({ path }: Args<'space'>): Result<'space'> {
  const { bavail, blocks, bsize } = statfsSync(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Whether the group may read each file; false where it is not there. */
export function groupReadable({ paths }: Args<'groupReadable'>): Result<'groupReadable'> {
  return paths.map((path) => {
    const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    return (mode & 0o040) !== 0;
  });
}

export function append({ path, text }: Args<'append'>): Result<'append'> {
  appendFileSync(path, text, { mode: 0o600, flush: true });
  syncDirectory(dirname(path));
  return null;
}
