import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import { READ_FLAGS } from './files.ts';
import { isMediumError, onSide } from './file-problem.ts';
import { within, type OpenPlace } from './open-place.ts';
import { countBytes, countObject } from '../../../threads/progress.ts';
import { objectPath, type HashedKind } from '../../../repository/names.ts';

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const ID_BYTES = 32;

/** Between 64 and 512 KiB; single writes of 1 MiB and more were several times slower. */
const chunk = Buffer.allocUnsafeSlow(256 * 1024);

/** Objects to write as files. */
export interface Writing {
  readonly kind: HashedKind;
  readonly ids: Uint8Array;
  /** NaN where it is not known */
  readonly sizes: Float64Array;
  readonly fileMode: number;
  /** make each file durable by itself; else the caller syncs the file system before it places them */
  readonly syncEach: boolean;
}

export interface Copying extends Writing {
  readonly sourceRoot: string;
  /** distinguishes the temporary names of one call from those of every other */
  readonly temporaryPrefix: string;
}

/** The result for one object, in the order of the ids; a temporary file is given by its path below the target's root. */
export type CopiedObject =
  | { readonly outcome: 'copied'; readonly temporary: string; readonly size: number }
  | { readonly outcome: 'vanished' }
  | { readonly outcome: 'corrupt'; readonly message: string };

export function idsIn({ ids, sizes }: Writing): { readonly id: string; readonly size: number }[] {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  return Array.from(sizes, (size, i) => ({
    id: bytes.toString('hex', i * ID_BYTES, (i + 1) * ID_BYTES),
    size,
  }));
}

/**
 * Copies objects into temporary files of the target, hashing each on the way. Nothing gets its final name here.
 * On a target error, or when cancelled, its own temporary files are removed and it throws.
 */
export function copy(target: OpenPlace, copying: Copying): CopiedObject[] {
  return within(copying.sourceRoot, (source) => copyAll({ ...copying, source, target }));
}

interface CopyAll extends Copying {
  readonly source: OpenPlace;
  readonly target: OpenPlace;
}

function copyAll(args: CopyAll): CopiedObject[] {
  const results: CopiedObject[] = [];
  try {
    for (const [i, object] of idsIn(args).entries()) {
      const result = copyOne({ ...args, ...object }, i);
      results.push(result);
      if (result.outcome === 'copied') countObject();
    }
    return results;
  } catch (error) {
    for (const result of results) {
      if (result.outcome === 'copied') args.target.removeFile(result.temporary);
    }
    throw error;
  }
}

interface CopyOne extends CopyAll {
  readonly id: string;
  readonly size: number;
}

function copyOne(args: CopyOne, serial: number): CopiedObject {
  const opened = openSource(args, objectPath(args.kind, args.id));
  if ('outcome' in opened) return opened;
  const temporary = `.backup-syncd/tmp/${args.temporaryPrefix}-${serial}`;
  try {
    return onSide('target', args.target.fullPath(temporary), () => fill(args, opened, temporary));
  } catch (error) {
    args.target.removeFile(temporary);
    throw error;
  } finally {
    closeSync(opened.fd);
  }
}

interface OpenSource {
  readonly path: string;
  readonly fd: number;
  readonly stat: Stats;
}

/** An object that is gone or has another size than in the view is "vanished": the view is taken again. */
function openSource({ source, size }: CopyOne, name: string): OpenSource | CopiedObject {
  const path = source.fullPath(name);
  let fd: number;
  try {
    fd = openSync(source.at(name), READ_FLAGS);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes(errorCode(error)))
      return { outcome: 'vanished' };
    return unreadable(path, error);
  }
  try {
    const stat = onSide('source', path, () => fstatSync(fd));
    if (stat.isFile() && (Number.isNaN(size) || stat.size === size)) return { path, fd, stat };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return { outcome: 'vanished' };
}

/** A bad sector is the object's fault and is named; anything else is the source's and ends the pass. */
function unreadable(path: string, error: unknown): CopiedObject {
  const code = errorCode(error);
  if (isMediumError(code))
    return { outcome: 'corrupt', message: `${path} cannot be read: ${code}` };
  return onSide('source', path, () => {
    throw error;
  });
}

function fill(args: CopyOne, source: OpenSource, temporary: string): CopiedObject {
  const target = openSync(args.target.at(temporary), WRITE_FLAGS, args.fileMode);
  try {
    const read = pour(source, target);
    if (typeof read !== 'string') return discard(args.target, temporary, read);
    if (read !== args.id) {
      return discard(args.target, temporary, {
        outcome: 'corrupt',
        message: `its content has the SHA-256 ${read}`,
      });
    }
    if (args.fileMode !== 0o400) fchmodSync(target, args.fileMode);
    futimesSync(target, source.stat.atimeMs / 1000, source.stat.mtimeMs / 1000);
    if (args.syncEach) fsyncSync(target);
    return { outcome: 'copied', temporary, size: source.stat.size };
  } finally {
    closeSync(target);
  }
}

/** Returns the SHA-256 of all that was read, or the problem of the source. */
function pour(source: OpenSource, target: number): string | CopiedObject {
  const hash = createHash('sha256');
  let total = 0;
  for (;;) {
    const count = readChunk(source);
    if (typeof count !== 'number') return count;
    if (count === 0) break;
    if (total + count > source.stat.size) return { outcome: 'vanished' }; // or one that grows forever fills the disk
    const part = chunk.subarray(0, count);
    hash.update(part);
    for (let written = 0; written < count;) written += writeSync(target, part, written);
    total += count;
    countBytes(count);
  }
  return total === source.stat.size ? hash.digest('hex') : { outcome: 'vanished' };
}

function readChunk({ fd, path }: OpenSource): number | CopiedObject {
  try {
    return readSync(fd, chunk);
  } catch (error) {
    return unreadable(path, error);
  }
}

function discard(target: OpenPlace, temporary: string, result: CopiedObject): CopiedObject {
  target.removeFile(temporary);
  return result;
}
