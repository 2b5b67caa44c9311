import type { CallOptions } from '../location.ts';
import type { FileCalls } from './io/file-calls.ts';
import { formatStamp, NUMBERS_A_STAMP } from './io/stamp.ts';

/** What identifies directories of a place and tells when they changed: kept as numbers, since mostly nothing has. */
export class Stamps {
  private readonly numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.numbers = numbers;
  }

  /** Null for what is not there or is no directory. */
  at(index: number): string | null {
    const start = index * NUMBERS_A_STAMP;
    return formatStamp(this.numbers.subarray(start, start + NUMBERS_A_STAMP));
  }

  part(start: number, end: number): Stamps {
    return new Stamps(this.numbers.subarray(start * NUMBERS_A_STAMP, end * NUMBERS_A_STAMP));
  }

  equals(other: Stamps): boolean {
    return bytesOf(this.numbers).equals(bytesOf(other.numbers)); // NaN, too: it is always the same one
  }
}

/** Of directories below the root of a place. */
export async function stampsOf(
  calls: FileCalls,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<Stamps> {
  const args = { root: calls.root, paths: paths.join('\n') };
  return new Stamps(await calls.ask('stamps', args, { signal }));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
