import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { temporaryDirectory } from './temp.ts';
import { tool } from './tools.ts';

/** A clock for processes that are started with its environment; right until it is set. Needs 'wrong-clock'. */
export class WrongClock {
  readonly #file = join(temporaryDirectory(), 'clock');

  constructor() {
    writeFileSync(this.#file, Buffer.alloc(8));
  }

  get environment(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: tool('wrong-clock'), CLOCK_FILE: this.#file };
  }

  /** Sets it ahead by so many seconds (behind, if negative), at once, also for processes that run already. */
  set(seconds: number): void {
    const bytes = Buffer.alloc(8);
    if (endianness() === 'LE') bytes.writeBigInt64LE(BigInt(seconds));
    else bytes.writeBigInt64BE(BigInt(seconds));
    const fd = openSync(this.#file, 'r+'); // it is mapped: a file of the same name would be another one
    writeSync(fd, bytes, 0, bytes.length, 0);
    closeSync(fd);
  }
}
