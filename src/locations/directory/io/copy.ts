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
import { COUNTER } from '../../../threads/call-options.ts';
import type { CopiedObject, CopyArgs } from './protocol.ts';

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const ID_BYTES = 32;

/** Between 64 and 512 KiB; single writes of 1 MiB and more were several times slower. */
const chunk = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * Copies objects into temporary files of the target, hashing each on the way. Nothing gets its final name here.
 * On a target error, or when cancelled, its own temporary files are removed and it throws.
 */
export function copy(args: CopyArgs, counters: BigInt64Array): CopiedObject[] {
  return within(args.sourceRoot, (source) =>
    within(args.targetRoot, (target) => copyAll({ ...args, source, target, counters })),
  );
}

interface CopyAll extends CopyArgs {
  readonly source: OpenPlace;
  readonly target: OpenPlace;
  readonly counters: BigInt64Array;
}

function copyAll(args: CopyAll): CopiedObject[] {
  const ids = Buffer.from(args.ids.buffer, args.ids.byteOffset, args.ids.byteLength);
  const results: CopiedObject[] = [];
  try {
    for (let i = 0; i < args.sizes.length; i++) {
      const id = ids.toString('hex', i * ID_BYTES, (i + 1) * ID_BYTES);
      const result = copyOne({ ...args, id, size: args.sizes[i] ?? NaN }, i);
      results.push(result);
      if (result.outcome === 'copied') Atomics.add(args.counters, COUNTER.objects, 1n);
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
  const shard = args.directory === 'data' ? `/${args.id.slice(0, 2)}` : '';
  const opened = openSource(args, `${args.directory}${shard}/${args.id}`);
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
    const read = pour(args, source, target);
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

/** Answers the SHA-256 of all that was read, or what is wrong with the source. */
function pour({ counters }: CopyOne, source: OpenSource, target: number): string | CopiedObject {
  const hash = createHash('sha256');
  let total = 0;
  for (;;) {
    if (Atomics.load(counters, COUNTER.cancelled) !== 0n) throw new Error('cancelled');
    const count = readChunk(source);
    if (typeof count !== 'number') return count;
    if (count === 0) break;
    if (total + count > source.stat.size) return { outcome: 'vanished' }; // or one that grows forever fills the disk
    const part = chunk.subarray(0, count);
    hash.update(part);
    for (let written = 0; written < count;) written += writeSync(target, part, written);
    total += count;
    Atomics.add(counters, COUNTER.bytes, BigInt(count));
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
