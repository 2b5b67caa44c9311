import { createHash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { errorCode } from '../../../runtime/system-error.ts';
import { READ_FLAGS } from './files.ts';
import { COUNTER } from './protocol.ts';

export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, READ_FLAGS);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** SHA-256 of the rest of an open file. */
export function hashOf(fd: number, counters: BigInt64Array): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(256 * 1024);
  for (let n = readSync(fd, chunk); n > 0; n = readSync(fd, chunk)) {
    if (Atomics.load(counters, COUNTER.cancelled) !== 0n) throw new Error('cancelled');
    hash.update(chunk.subarray(0, n));
    Atomics.add(counters, COUNTER.bytes, BigInt(n));
  }
  return hash.digest('hex');
}
