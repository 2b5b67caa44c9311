import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { syncAbove, syncDirectory } from '../runtime/durable.ts';
import { errorCode } from '../runtime/system-error.ts';
import { requirePrivate } from './private.ts';
import { Sockets } from './sockets.ts';

/** The sockets of this thread. */
export const SOCKETS = new Sockets();

/**
 * The operations on our own files: state, sockets, lists for scripts, configuration. Every call is synchronous, so that a hung
 * call blocks only its own thread, and none of the pool that all threads of a process share (I9).
 */
const operations = {
  /** Creates a directory that only its owner may use, and its parents; returns whether anything had to be created. */
  makeDirectory({ path }: Path): boolean {
    if (mkdirSync(path, { recursive: true, mode: 0o700 }) === undefined) return false;
    syncAbove(path);
    return true;
  },
  /** Creates a directory for sockets, and throws unless it can be used and belongs only to us. */
  makePrivate({ path }: Path): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
    requirePrivate(path);
  },
  names({ path }: Path): string[] {
    return readdirSync(path);
  },
  read,
  /** Writes a file that only its owner may use; `isNew`: fails with EEXIST if it exists. */
  write({ path, content, isNew = false }: Path & { content: Content; isNew?: boolean }): void {
    writeFileSync(path, content, { mode: 0o600, flag: isNew ? 'wx' : 'w' });
  },
  replace,
  rename({ from, to }: Move): void {
    renameSync(from, to);
  },
  claim,
  /** Removes a file, or a directory that `claim` created, if it exists. */
  remove({ path }: Path): void {
    const isDirectory = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isDirectory) removeClaimed(path);
    else rmSync(path, { force: true });
  },
  stamps,
  hold: ({ directory, name }: Entry) => SOCKETS.hold(directory, name),
  isHeld: ({ directory, name }: Entry) => SOCKETS.isHeld(directory, name),
  servedSockets: ({ directory }: Pick<Entry, 'directory'>) => SOCKETS.servedIn(directory),
  closeSocket: ({ path }: Path) => SOCKETS.close(path),
};

type Operations = {
  [N in keyof typeof operations]: (
    args: Parameters<(typeof operations)[N]>[0],
  ) => Awaited<ReturnType<(typeof operations)[N]>>;
};
export type OperationName = keyof Operations;
export type Args<N extends OperationName> = Parameters<Operations[N]>[0];
export type Result<N extends OperationName> = ReturnType<Operations[N]>;

/** Runs an operation. Rejects with the error of the file system. */
export async function run<N extends OperationName>(
  operation: N,
  args: Args<N>,
): Promise<Result<N>> {
  const action = operations[operation] as (args: Args<N>) => Result<N>;
  return action(args);
}

interface Path {
  readonly path: string;
}

/** A name in a directory whose path may have any length. */
interface Entry {
  readonly directory: string;
  readonly name: string;
}

interface Move {
  readonly from: string;
  readonly to: string;
}

type Content = string | Uint8Array;

/** Returns undefined if there is no such file. Never waits for the other end of a pipe, and reads only regular files. */
function read({ path, maxBytes }: Path & { readonly maxBytes: number }): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw fault('ENOTREG', `${path} is not a regular file`);
    if (found.size > maxBytes) {
      throw fault('EFBIG', `${path} has ${found.size} bytes; at most ${maxBytes} are allowed`);
    }
    return new Uint8Array(readFileSync(fd)); // a copy, because a value that crosses to another thread takes its whole buffer along
  } finally {
    closeSync(fd);
  }
}

/** Codes of link(2) on a file system without hard links: FAT, FUSE, network file systems. */
const NO_LINKS = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS']);
/** The file in a directory that `claim` made. */
export const CLAIMED = 'holder';

/**
 * Atomically creates a file under a name that does not exist yet. Returns where it is, or undefined if the name exists. Without
 * hard links, a directory that contains the file gets the name.
 */
function claim({ from, to, hasLinks = true }: Move & { readonly hasLinks?: boolean }) {
  if (!hasLinks) return claimByDirectory({ from, to });
  try {
    linkSync(from, to);
    return to;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    if (NO_LINKS.has(errorCode(error))) return claimByDirectory({ from, to });
    throw error;
  }
}

/** Codes of rename(2) for a directory that would replace a file or a non-empty directory, which it never does. */
const TAKEN = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR']);

function claimByDirectory({ from, to }: Move): string | undefined {
  const temporary = `${from}.directory`;
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(temporary, CLAIMED), readFileSync(from), { mode: 0o600 });
    renameSync(temporary, to);
    return join(to, CLAIMED);
  } catch (error) {
    if (TAKEN.has(errorCode(error))) return undefined;
    throw error;
  } finally {
    removeClaimed(temporary);
  }
}

/** Removes only what `claim` put there. */
function removeClaimed(directory: string): void {
  rmSync(join(directory, CLAIMED), { force: true });
  try {
    rmdirSync(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Replaces a file atomically and, if requested, durably. */
function replace({
  path,
  content,
  isDurable = false,
}: Path & { content: Content; isDurable?: boolean }): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, content, { mode: 0o600, flush: isDurable });
  renameSync(temporary, path);
  if (isDurable) syncDirectory(dirname(path));
}

/** A text that changes whenever a file in one of the directories is added, removed, replaced or written to. */
function stamps({ directories }: { readonly directories: readonly string[] }): string {
  return directories.map((directory) => `${directory}\n${stampsIn(directory)}`).join('\n\n');
}

function stampsIn(directory: string): string {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => `${name} ${stampOf(join(directory, name))}`)
      .join('\n');
  } catch (error) {
    return errorCode(error);
  }
}

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return errorCode(error);
  }
}

function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
