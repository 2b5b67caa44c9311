import type { CallOptions } from '../location.ts';
import type { FileCalls } from './io/file-calls.ts';
import { NUMBERS_A_STAMP, STAMP } from './io/stamp.ts';

/** What identifies directories of a place and tells when they changed: numbers in one piece, as a place has hundreds. */
export class Stamps {
  private readonly numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.numbers = numbers;
  }

  /** Of so many directories of which nothing is known. */
  static none(count: number): Stamps {
    return new Stamps(new Float64Array(count * NUMBERS_A_STAMP).fill(NaN));
  }

  isThere(index: number): boolean {
    return !Number.isNaN(this.numbers[index * NUMBERS_A_STAMP]);
  }

  /** When an entry last came or went, milliseconds since the epoch; NaN for what is not there. */
  mtimeMsAt(index: number): number {
    return this.numbers[index * NUMBERS_A_STAMP + STAMP.mtimeMs] ?? NaN;
  }

  /** Whether a name that came or went would show here; nothing shows that something comes to what is not there. */
  movesTimes(index: number): boolean {
    return this.numbers[index * NUMBERS_A_STAMP + STAMP.movesTimes] === 1;
  }

  isSame(index: number, other: Stamps, at: number): boolean {
    return this.agrees(index, other, { at, until: NUMBERS_A_STAMP });
  }

  /** The same directory, whatever came or went in it; a mount, or a restore, puts another one under the same path. */
  isSamePlace(index: number, other: Stamps, at: number): boolean {
    return this.isThere(index) && this.agrees(index, other, { at, until: STAMP.mtimeMs });
  }

  set(index: number, other: Stamps, at: number): void {
    this.numbers.set(other.numbersAt(at), index * NUMBERS_A_STAMP);
  }

  private numbersAt(index: number): Float64Array {
    return this.numbers.subarray(index * NUMBERS_A_STAMP, (index + 1) * NUMBERS_A_STAMP);
  }

  private agrees(
    index: number,
    other: Stamps,
    { at, until }: { at: number; until: number },
  ): boolean {
    const [mine, theirs] = [index * NUMBERS_A_STAMP, at * NUMBERS_A_STAMP];
    for (let i = 0; i < until; i++)
      if (!Object.is(this.numbers[mine + i], other.numbers[theirs + i])) return false;
    return true;
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
