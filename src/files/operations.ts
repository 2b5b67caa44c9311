import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { saysUnsyncable } from '../runtime/durable.ts';
import { errorCode } from '../runtime/system-error.ts';
import { requirePrivate } from './private.ts';

/**
 * What is done to files of our own: state, sockets, lists for scripts, configuration. Every call is synchronous, so that one
 * that hangs holds the thread that makes it, and none of the pool that all threads of a process share (I9).
 */
const operations = {
  /** Makes a directory for its owner alone, and what is above it; answers whether anything had to be made. */
  makeDirectory({ path }: Path): boolean {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return false;
    for (let made = path; made.length >= first.length; made = dirname(made)) syncAbove(made);
    return true;
  },
  /** Makes a directory for sockets, or throws unless it can be used and belongs to us alone. */
  makePrivate({ path }: Path): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
    requirePrivate(path);
  },
  names({ path }: Path): string[] {
    return readdirSync(path);
  },
  read,
  /** Writes a file for its owner alone; `isNew`: fails with EEXIST when there is one. */
  write({ path, content, isNew = false }: Path & { content: Content; isNew?: boolean }): void {
    writeFileSync(path, content, { mode: 0o600, flag: isNew ? 'wx' : 'w' });
  },
  replace,
  rename({ from, to }: Move): void {
    renameSync(from, to);
  },
  /** False when there is something at `to`. */
  link({ from, to }: Move): boolean {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  },
  /** Removes a file, if it is there. */
  remove({ path }: Path): void {
    rmSync(path, { force: true });
  },
  stamps,
};

type Operations = typeof operations;
export type OperationName = keyof Operations;
export type Args<N extends OperationName> = Parameters<Operations[N]>[0];
export type Result<N extends OperationName> = ReturnType<Operations[N]>;

/** Does it, and throws the error of the file system. */
export function run<N extends OperationName>(operation: N, args: Args<N>): Result<N> {
  const action = operations[operation] as (args: Args<N>) => Result<N>;
  return action.call(operations, args);
}

interface Path {
  readonly path: string;
}

interface Move {
  readonly from: string;
  readonly to: string;
}

type Content = string | Uint8Array;

/** Undefined when there is no such file. Never waits for the other end of a pipe, and reads nothing that is not a regular file. */
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
      throw fault(
        'EFBIG',
        `${path} has ${found.size} bytes, more than the ${maxBytes} that it may have`,
      );
    }
    return new Uint8Array(readFileSync(fd)); // a copy of its own: what crosses to another thread takes its whole buffer along
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file in one step; if it is to be durable, it is on the disk afterwards. */
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

/** A directory that we may pass through and not read is synced by whoever owns it. */
function syncAbove(path: string): void {
  try {
    syncDirectory(dirname(path));
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
  }
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!saysUnsyncable(error)) throw error; // the rename itself is one step
  } finally {
    closeSync(fd);
  }
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
